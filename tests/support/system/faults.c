/* Has a disk fail below one folder, in the process that preloads it: full, or with errors.

   Only calls on files below the folder count, the first `after` of them pass. A full disk takes the
   half of the first write that it refuses, as write(2) may, and makes no new file. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

enum { WRITES = 1, SYNCS = 2, CREATES = 4 };

static char folder[PATH_MAX];
static int which, error, halved;
static long left, seen;

/* Begin to count, and to fail after so many calls; an empty folder ends it. */
void faults_arm(const char *below, int calls, int number, long after) {
    snprintf(folder, sizeof folder, "%s", below);
    which = calls;
    error = number;
    halved = 0;
    left = after;
    seen = 0;
}

long faults_seen(void) { return seen; }

static int fails_at(const char *path, int call) {
    size_t length = strlen(folder);
    if (!length || !(which & call) || strncmp(path, folder, length)) return 0;
    seen++;
    return left-- <= 0;
}

static int fails(int descriptor, int call) {
    char link[64], path[PATH_MAX];
    if (!folder[0] || !(which & call)) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return fails_at(path, call);
}

#define REAL(name, ...) \
    static __typeof__(&name) real; \
    if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name);

static int takes_half(size_t count) {
    if (error != ENOSPC || halved || count < 2) return 0;
    halved = 1;
    return 1;
}

ssize_t write(int descriptor, const void *octets, size_t count) {
    REAL(write)
    if (!fails(descriptor, WRITES)) return real(descriptor, octets, count);
    if (takes_half(count)) return real(descriptor, octets, count / 2);
    errno = error;
    return -1;
}

ssize_t pwrite(int descriptor, const void *octets, size_t count, off_t place) {
    REAL(pwrite)
    if (!fails(descriptor, WRITES)) return real(descriptor, octets, count, place);
    if (takes_half(count)) return real(descriptor, octets, count / 2, place);
    errno = error;
    return -1;
}

ssize_t pwrite64(int descriptor, const void *octets, size_t count, off64_t place) {
    REAL(pwrite64)
    if (!fails(descriptor, WRITES)) return real(descriptor, octets, count, place);
    if (takes_half(count)) return real(descriptor, octets, count / 2, place);
    errno = error;
    return -1;
}

int fsync(int descriptor) {
    REAL(fsync)
    if (!fails(descriptor, SYNCS)) return real(descriptor);
    errno = error;
    return -1;
}

int fdatasync(int descriptor) {
    REAL(fdatasync)
    if (!fails(descriptor, SYNCS)) return real(descriptor);
    errno = error;
    return -1;
}

static int refuses(const char *path, int flags) {
    struct stat there;
    if (!(flags & O_CREAT) || !lstat(path, &there) || !fails_at(path, CREATES)) return 0;
    errno = error;
    return 1;
}

#define MODE(flags) \
    mode_t mode = 0; \
    if ((flags) & (O_CREAT | O_TMPFILE)) { \
        va_list more; \
        va_start(more, flags); \
        mode = va_arg(more, mode_t); \
        va_end(more); \
    }

int open(const char *path, int flags, ...) {
    REAL(open)
    MODE(flags)
    return refuses(path, flags) ? -1 : real(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    REAL(open64)
    MODE(flags)
    return refuses(path, flags) ? -1 : real(path, flags, mode);
}

int openat(int at, const char *path, int flags, ...) {
    REAL(openat)
    MODE(flags)
    return refuses(path, flags) ? -1 : real(at, path, flags, mode);
}

int openat64(int at, const char *path, int flags, ...) {
    REAL(openat64)
    MODE(flags)
    return refuses(path, flags) ? -1 : real(at, path, flags, mode);
}
