// Loaded before a program built for ThreadSanitizer. The slow paths of Swift's Mutex lie in a library that is not built for
// it, so that a lock taken after waiting looks like no lock at all, and what it guards like a race. This says what they do.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *

typedef SWIFT void (*lock_slow)(uint32_t thread, SELF mutex);
typedef SWIFT void (*unlock_slow)(SELF mutex);
typedef void (*annotation)(void *address);

static void annotate(const char *name, void *address)
{
    annotation call = (annotation)dlsym(RTLD_DEFAULT, name);
    if (call) call(address);
}

static void *next(const char *name)
{
    void *call = dlsym(RTLD_NEXT, name);
    if (!call) abort();
    return call;
}

#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

SWIFT void lock(uint32_t thread, SELF mutex) __asm__(LOCK);
SWIFT void lock(uint32_t thread, SELF mutex)
{
    static lock_slow real;
    if (!real) real = (lock_slow)next(LOCK);
    real(thread, mutex);
    annotate("__tsan_acquire", mutex);
}

SWIFT void unlock(SELF mutex) __asm__(UNLOCK);
SWIFT void unlock(SELF mutex)
{
    static unlock_slow real;
    if (!real) real = (unlock_slow)next(UNLOCK);
    annotate("__tsan_release", mutex);
    real(mutex);
}
