/* Preloaded into the node: writes down everything that it asks of the files of a folder, in order.
 *
 * DISK_JOURNAL_FOLDER  the folder
 * DISK_JOURNAL_RECORD  where it is written down
 *
 * An entry: a letter, the length of the path (4 bytes), a number (8), the length of the data (8), the
 * path, the data. Integers are of this machine. Letters: 'c' created, 'w' written at the number,
 * 't' cut or grown to the number, 's' synchronized (a file or a folder), 'u' removed, 'r' renamed to
 * what the data says. It is written after the call has succeeded, and one call is made at a time.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const char *folder;
static int journal = -1;

__attribute__((constructor)) static void begin(void)
{
    folder = getenv("DISK_JOURNAL_FOLDER");
    journal = (int)syscall(SYS_openat, AT_FDCWD, getenv("DISK_JOURNAL_RECORD"),
                           O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (!folder || journal < 0)
        _exit(111);
}

static int counts(const char *path)
{
    size_t length = folder ? strlen(folder) : 0;
    return length && !strncmp(path, folder, length) && (!path[length] || path[length] == '/');
}

static int path_of(int fd, char *path, size_t size)
{
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, size - 1);
    if (length < 0)
        return 0;
    path[length] = 0;
    return counts(path);
}

static void entry(char letter, const char *path, uint64_t number, const void *data, uint64_t length)
{
    uint32_t path_length = (uint32_t)strlen(path);
    struct iovec parts[] = {
        {&letter, 1}, {&path_length, 4}, {&number, 8}, {&length, 8},
        {(void *)path, path_length}, {(void *)data, length},
    };
    int before = errno;
    if (writev(journal, parts, 6) < 0)
        _exit(112);
    errno = before;
}

static ssize_t written(int fd, const void *bytes, size_t count, off64_t at, int has_place)
{
    char path[4096];
    if (!path_of(fd, path, sizeof path))
        return has_place ? syscall(SYS_pwrite64, fd, bytes, count, at)
                         : syscall(SYS_write, fd, bytes, count);
    pthread_mutex_lock(&lock);
    if (!has_place) {
        struct stat64 is;
        at = fcntl(fd, F_GETFL) & O_APPEND && !fstat64(fd, &is) ? is.st_size
                                                                : lseek64(fd, 0, SEEK_CUR);
    }
    ssize_t took = has_place ? syscall(SYS_pwrite64, fd, bytes, count, at)
                             : syscall(SYS_write, fd, bytes, count);
    if (took > 0)
        entry('w', path, (uint64_t)at, bytes, (uint64_t)took);
    pthread_mutex_unlock(&lock);
    return took;
}

ssize_t write(int fd, const void *bytes, size_t count)
{
    return written(fd, bytes, count, 0, 0);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at)
{
    return written(fd, bytes, count, at, 1);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at)
{
    return written(fd, bytes, count, at, 1);
}

static int synced(long call, int fd)
{
    char path[4096];
    if (!path_of(fd, path, sizeof path))
        return (int)syscall(call, fd);
    pthread_mutex_lock(&lock);
    int result = (int)syscall(call, fd);
    if (!result)
        entry('s', path, 0, "", 0);
    pthread_mutex_unlock(&lock);
    return result;
}

int fsync(int fd)
{
    return synced(SYS_fsync, fd);
}

int fdatasync(int fd)
{
    return synced(SYS_fdatasync, fd);
}

int ftruncate64(int fd, off64_t length)
{
    char path[4096];
    int is_ours = path_of(fd, path, sizeof path);
    pthread_mutex_lock(&lock);
    int result = (int)syscall(SYS_ftruncate, fd, length);
    if (!result && is_ours)
        entry('t', path, (uint64_t)length, "", 0);
    pthread_mutex_unlock(&lock);
    return result;
}

int ftruncate(int fd, off_t length)
{
    return ftruncate64(fd, length);
}

static int opened(int at, const char *name, int flags, mode_t mode)
{
    char path[4096];
    pthread_mutex_lock(&lock);
    int is_new = flags & O_CREAT && syscall(SYS_faccessat, at, name, F_OK) < 0;
    int fd = (int)syscall(SYS_openat, at, name, flags, mode);
    if (fd >= 0 && (is_new || flags & O_TRUNC) && path_of(fd, path, sizeof path))
        entry(is_new ? 'c' : 't', path, 0, "", 0);
    pthread_mutex_unlock(&lock);
    return fd;
}

#define MODE(flags, mode)                         \
    if ((flags) & O_CREAT) {                      \
        va_list rest;                             \
        va_start(rest, flags);                    \
        mode = va_arg(rest, mode_t);              \
        va_end(rest);                             \
    }

int open(const char *name, int flags, ...)
{
    mode_t mode = 0;
    MODE(flags, mode)
    return opened(AT_FDCWD, name, flags, mode);
}

int open64(const char *name, int flags, ...)
{
    mode_t mode = 0;
    MODE(flags, mode)
    return opened(AT_FDCWD, name, flags | O_LARGEFILE, mode);
}

int openat(int at, const char *name, int flags, ...)
{
    mode_t mode = 0;
    MODE(flags, mode)
    return opened(at, name, flags, mode);
}

int openat64(int at, const char *name, int flags, ...)
{
    mode_t mode = 0;
    MODE(flags, mode)
    return opened(at, name, flags | O_LARGEFILE, mode);
}

int unlink(const char *path)
{
    pthread_mutex_lock(&lock);
    int result = (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
    if (!result && counts(path))
        entry('u', path, 0, "", 0);
    pthread_mutex_unlock(&lock);
    return result;
}

int rename(const char *from, const char *to)
{
    pthread_mutex_lock(&lock);
    int result = (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
    if (!result && counts(from))
        entry('r', from, 0, to, strlen(to));
    pthread_mutex_unlock(&lock);
    return result;
}
