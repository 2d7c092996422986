/* Stands before the system calls of one process (LD_PRELOAD) and makes the n-th of them go wrong.
 *
 * Only calls on paths under one folder are counted. What goes wrong is told by fault_arm; a call
 * that goes wrong `for good` is followed by others that do, until fault_disarm.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

enum { FAIL, TEAR, LIE, KILL_BEFORE, KILL_AFTER };
enum { WRITE = 1, SYNC = 2, RESIZE = 4, OPEN = 8, REMOVE = 16 };

static char folder[4096], where[4200];
static long at, seen, hits;
static int armed, deed, error_number, for_good, kinds;

void fault_arm(const char *under, long nth, int what, int error, int lasting, int which) {
    snprintf(folder, sizeof folder, "%s", under);
    where[0] = 0;
    at = nth, seen = 0, hits = 0;
    deed = what, error_number = error, for_good = lasting, kinds = which;
    armed = 1;
}

long fault_disarm(void) { armed = 0; return seen; }
long fault_hits(void) { return hits; }
const char *fault_where(void) { return where; }

/* Whether this call is one that goes wrong. */
static int meets(int kind, const char *call, const char *path) {
    long number;
    if (!armed || !(kind & kinds) || strncmp(path, folder, strlen(folder))) return 0;
    number = __sync_add_and_fetch(&seen, 1);
    if (number != at && !(for_good && number > at)) return 0;
    if (__sync_add_and_fetch(&hits, 1) == 1) snprintf(where, sizeof where, "%s %s", call, path);
    if (deed == KILL_BEFORE) kill(getpid(), SIGKILL);
    return 1;
}

static const char *path_of(int handle, char *path, size_t room) {
    char link[64];
    ssize_t length;
    snprintf(link, sizeof link, "/proc/self/fd/%d", handle);
    length = readlink(link, path, room - 1);
    path[length < 0 ? 0 : length] = 0;
    return path;
}

#define REAL(name) ((__typeof__(&name))real(#name))
static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

#define ON_HANDLE(kind, call, handle) \
    char path[4096]; \
    int met = armed ? meets(kind, call, path_of(handle, path, sizeof path)) : 0

#define AFTERWARDS(result) \
    do { if (met && deed == KILL_AFTER) kill(getpid(), SIGKILL); return result; } while (0)

#define REFUSED (met && (deed == FAIL || deed == TEAR))

#define WRITES(name, signature, whole, half) \
    ssize_t name signature { \
        ON_HANDLE(WRITE, #name, handle); \
        ssize_t done; \
        if (REFUSED) { \
            if (deed == TEAR && size > 1) (void)!REAL(name) half; \
            errno = error_number; \
            return -1; \
        } \
        done = met && deed == LIE ? (ssize_t)size : REAL(name) whole; \
        AFTERWARDS(done); \
    }

WRITES(write, (int handle, const void *data, size_t size), (handle, data, size),
       (handle, data, size / 2))
WRITES(pwrite, (int handle, const void *data, size_t size, off_t offset),
       (handle, data, size, offset), (handle, data, size / 2, offset))
WRITES(pwrite64, (int handle, const void *data, size_t size, off64_t offset),
       (handle, data, size, offset), (handle, data, size / 2, offset))

#define RETURNS(kind, name, signature, arguments) \
    int name signature { \
        ON_HANDLE(kind, #name, handle); \
        int done; \
        if (REFUSED) { errno = error_number; return -1; } \
        done = met && deed == LIE ? 0 : REAL(name) arguments; \
        AFTERWARDS(done); \
    }

RETURNS(SYNC, fsync, (int handle), (handle))
RETURNS(SYNC, fdatasync, (int handle), (handle))
RETURNS(RESIZE, ftruncate, (int handle, off_t size), (handle, size))
RETURNS(RESIZE, ftruncate64, (int handle, off64_t size), (handle, size))

#define ON_PATH(kind, name, signature, arguments, lie) \
    int name signature { \
        int met = armed ? meets(kind, #name, path) : 0, done; \
        if (REFUSED) { errno = error_number; return -1; } \
        done = met && deed == LIE ? lie : REAL(name) arguments; \
        AFTERWARDS(done); \
    }

ON_PATH(REMOVE, unlink, (const char *path), (path), 0)
ON_PATH(OPEN, mkdir, (const char *path, mode_t mode), (path, mode), 0)

/* A full disk turns down new files alone; a broken one any. A lie has no handle to give: it opens. */
static int met_on_opening(const char *call, const char *path) {
    if (!armed || (error_number == ENOSPC && access(path, F_OK) == 0)) return 0;
    return meets(OPEN, call, path);
}

#define OPENS(name) \
    int name(const char *path, int flags, ...) { \
        va_list rest; \
        mode_t mode = 0; \
        int met, done; \
        va_start(rest, flags); \
        if (flags & O_CREAT) mode = va_arg(rest, mode_t); \
        va_end(rest); \
        met = met_on_opening(#name, path); \
        if (REFUSED) { errno = error_number; return -1; } \
        done = REAL(name)(path, flags, mode); \
        AFTERWARDS(done); \
    }

OPENS(open)
OPENS(open64)
