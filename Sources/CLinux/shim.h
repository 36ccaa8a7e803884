#pragma once
// Calls of Linux that Swift's Glibc module leaves out (they want _GNU_SOURCE, or their header is not in the module).
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <malloc.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

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

// How many bytes of the heap are given out; glibc has the call from 2.33 on.
static inline size_t linux_heap_in_use(void) { return mallinfo2().uordblks; }

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

// A descriptor that the set reports, under this token, each time after linux_event_signal.
static inline int linux_event_create(int set, uint64_t token)
{
    int descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    struct epoll_event event = { .events = EPOLLIN | EPOLLET, .data.u64 = token };
    if (descriptor >= 0 && epoll_ctl(set, EPOLL_CTL_ADD, descriptor, &event)) {
        close(descriptor);
        return -1;
    }
    return descriptor;
}

// Watched for edges, it need not be read for the next time to be an event of its own.
static inline void linux_event_signal(int descriptor) { (void)!eventfd_write(descriptor, 1); }

#define LINUX_EPOLL_BATCH 256

#define LINUX_SOCKET_GONE 1 // an error or a hang-up
#define LINUX_SOCKET_ENDED 2 // behind what has come, nothing more comes

// What is ready now, or within so many milliseconds: the tokens, and what is over.
static inline int linux_epoll_take(
    int set, uint64_t tokens[LINUX_EPOLL_BATCH], uint8_t endings[LINUX_EPOLL_BATCH], int limit)
{
    struct epoll_event events[LINUX_EPOLL_BATCH];
    int count = epoll_wait(set, events, LINUX_EPOLL_BATCH, limit);
    for (int i = 0; i < count; i++) {
        tokens[i] = events[i].data.u64;
        endings[i] = (events[i].events & (EPOLLERR | EPOLLHUP) ? LINUX_SOCKET_GONE : 0)
            | (events[i].events & EPOLLRDHUP ? LINUX_SOCKET_ENDED : 0);
    }
    return count;
}

// Addresses as the bytes of a sockaddr, so that nobody else has to look at one through a pointer of another type.

#define LINUX_ADDRESS_ROOM 128 // sizeof(struct sockaddr_storage)
#define LINUX_ADDRESS_LIMIT 64
#define LINUX_ADDRESS_TEXT_ROOM 80

static inline int linux_address_family(const uint8_t *bytes)
{
    struct sockaddr address;
    memcpy(&address, bytes, sizeof address);
    return address.sa_family;
}

// An address in digits: its length in bytes, 0 for anything else.
static inline uint32_t linux_address_in_digits(const char *host, uint16_t port, uint8_t bytes[LINUX_ADDRESS_ROOM])
{
    struct sockaddr_in old = { .sin_family = AF_INET, .sin_port = htons(port) };
    if (inet_pton(AF_INET, host, &old.sin_addr) == 1) {
        memcpy(bytes, &old, sizeof old);
        return sizeof old;
    }
    struct sockaddr_in6 new = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
    if (inet_pton(AF_INET6, host, &new.sin6_addr) != 1) return 0;
    memcpy(bytes, &new, sizeof new);
    return sizeof new;
}

// Asks the resolver: 0, or the number that gai_strerror explains. A length of 0 ends the list.
static inline int linux_resolve(
    const char *host, uint16_t port, uint8_t bytes[LINUX_ADDRESS_LIMIT * LINUX_ADDRESS_ROOM],
    uint32_t lengths[LINUX_ADDRESS_LIMIT])
{
    char service[8];
    snprintf(service, sizeof service, "%u", port);
    struct addrinfo wanted = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV }, *first = NULL;
    memset(lengths, 0, LINUX_ADDRESS_LIMIT * sizeof *lengths);
    int failure = getaddrinfo(host, service, &wanted, &first);
    if (failure) return failure;
    int count = 0;
    for (struct addrinfo *entry = first; entry && count < LINUX_ADDRESS_LIMIT; entry = entry->ai_next) {
        if (!entry->ai_addr || entry->ai_addrlen > LINUX_ADDRESS_ROOM) continue;
        memcpy(bytes + count * LINUX_ADDRESS_ROOM, entry->ai_addr, entry->ai_addrlen);
        lengths[count++] = entry->ai_addrlen;
    }
    freeaddrinfo(first);
    return 0;
}

// 192.0.2.1:22, [2001:db8::1]:22; a question mark for what has no digits.
static inline void linux_address_text(const uint8_t *bytes, uint32_t length, char text[LINUX_ADDRESS_TEXT_ROOM])
{
    struct sockaddr_storage address = { 0 };
    char host[64], port[8];
    memcpy(&address, bytes, length < sizeof address ? length : sizeof address);
    if (getnameinfo((struct sockaddr *)&address, length, host, sizeof host, port, sizeof port,
            NI_NUMERICHOST | NI_NUMERICSERV))
        snprintf(text, LINUX_ADDRESS_TEXT_ROOM, "?");
    else
        snprintf(text, LINUX_ADDRESS_TEXT_ROOM, address.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
}

// Begins to connect: 0, or -1 with errno.
static inline int linux_connect(int descriptor, const uint8_t *bytes, uint32_t length)
{
    struct sockaddr_storage address = { 0 };
    memcpy(&address, bytes, length < sizeof address ? length : sizeof address);
    return connect(descriptor, (struct sockaddr *)&address, length);
}

#define LINUX_UNIX_PATH_ROOM 108 // of sockaddr_un

// A connection to a Unix socket whose reads and writes give up after so many seconds; -1 with errno.
static inline int linux_connect_unix(const char *path, int seconds)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    if (strlen(path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(address.sun_path, path);
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -1;
    struct timeval limit = { .tv_sec = seconds };
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    if (!connect(descriptor, (struct sockaddr *)&address, sizeof address)) return descriptor;
    int number = errno;
    close(descriptor);
    errno = number;
    return -1;
}

// The next name in a folder that is open; 0 at its end.
static inline int linux_next_name(DIR *folder, char name[256])
{
    struct dirent *entry = readdir(folder);
    if (!entry) return 0;
    strncpy(name, entry->d_name, 255);
    name[255] = 0;
    return 1;
}
