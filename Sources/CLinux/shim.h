#pragma once
// Calls of Linux that Swift's Glibc module leaves out (they want _GNU_SOURCE, or their header is not in the module).
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/wait.h>

// Declared again as glibc 2.34 and later declare them; a second declaration of the same function is harmless.
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
extern int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *path);
extern int memfd_create(const char *name, unsigned int flags);
extern int pipe2(int ends[2], int flags);
extern int accept4(int listener, struct sockaddr *address, socklen_t *length, int flags);
extern long syscall(long number, ...);

static const short linux_spawn_setsid = 0x80; // POSIX_SPAWN_SETSID
static const unsigned int linux_memfd_cloexec = 1; // MFD_CLOEXEC

// A descriptor that becomes readable when the process ends; glibc has the call only from 2.36 on, the kernel from 5.3.
static inline int linux_pidfd_open(pid_t pid) { return (int)syscall(434, (long)pid, 0L); }

// The end of a child, flattened from siginfo_t's union. Returns 0 or -1 with errno.
static inline int linux_wait_exit(pid_t pid, int *code, int *status)
{
    siginfo_t info;
    info.si_pid = 0;
    int failed;
    do failed = waitid(P_PID, (id_t)pid, &info, WEXITED);
    while (failed && errno == EINTR);
    *code = info.si_code;
    *status = info.si_status;
    return failed;
}

// Raises the soft limit of open files to the hard one, as far as the system lets us; what is in force then.
static inline uint64_t linux_raise_open_files(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit)) return 1024;
    rlim_t before = limit.rlim_cur;
    limit.rlim_cur = limit.rlim_max;
    return setrlimit(RLIMIT_NOFILE, &limit) ? before : limit.rlim_cur;
}

// One heap for all threads.
static inline void linux_share_heap(void) { mallopt(M_ARENA_MAX, 1); }

static inline int linux_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

// Edge-triggered, both directions, for the whole life of the descriptor.
static inline int linux_epoll_add(int set, int descriptor, uint64_t token)
{
    struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.u64 = token };
    return epoll_ctl(set, EPOLL_CTL_ADD, descriptor, &event);
}

static inline int linux_epoll_remove(int set, int descriptor)
{
    struct epoll_event event = { 0 };
    return epoll_ctl(set, EPOLL_CTL_DEL, descriptor, &event);
}

#define LINUX_EPOLL_BATCH 256

// What is ready now: the tokens, and whether the peer is gone (error or hang-up).
static inline int linux_epoll_take(
    int set, uint64_t tokens[LINUX_EPOLL_BATCH], uint8_t gone[LINUX_EPOLL_BATCH])
{
    struct epoll_event events[LINUX_EPOLL_BATCH];
    int count = epoll_wait(set, events, LINUX_EPOLL_BATCH, 0);
    for (int i = 0; i < count; i++) {
        tokens[i] = events[i].data.u64;
        gone[i] = (events[i].events & (EPOLLERR | EPOLLHUP)) != 0;
    }
    return count;
}
