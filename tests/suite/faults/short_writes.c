/* Preloaded into the node: one of its writes takes only the first half of the bytes.
 *
 * SHORT_WRITES_FOLDER  the folder whose files count
 * SHORT_WRITES_RECORD  a file that gets a character for every write to them: '.', or 'h' for the half
 * SHORT_WRITES_NUMBER  which write is cut, from 1; 0 for none
 * SHORT_WRITES_THEN    what follows: "goes-on", "disk-full" (the next write fails), "killed"
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned long seen;
static int full_next;

static int counts(int fd)
{
    const char *folder = getenv("SHORT_WRITES_FOLDER");
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    return folder && length > 0 && !strncmp(path, folder, strlen(folder));
}

static void record(char what)
{
    int fd = (int)syscall(SYS_openat, AT_FDCWD, getenv("SHORT_WRITES_RECORD"),
                          O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    syscall(SYS_write, fd, &what, 1);
    syscall(SYS_close, fd);
}

/* How many of the bytes are to be written; -1 for a full disk. */
static ssize_t allowed(size_t count)
{
    const char *number = getenv("SHORT_WRITES_NUMBER");
    ssize_t bytes = (ssize_t)count;
    pthread_mutex_lock(&lock);
    if (full_next) {
        full_next = 0;
        bytes = -1;
    } else if (++seen == strtoul(number ? number : "0", NULL, 10) && count > 1) {
        bytes = (ssize_t)(count / 2);
        full_next = !strcmp(getenv("SHORT_WRITES_THEN"), "disk-full");
    }
    record(bytes == (ssize_t)count ? '.' : 'h');
    pthread_mutex_unlock(&lock);
    return bytes;
}

static ssize_t tampered(int fd, const void *bytes, size_t count, off64_t at, int has_place)
{
    ssize_t length = counts(fd) ? allowed(count) : (ssize_t)count;
    if (length < 0) {
        errno = ENOSPC;
        return -1;
    }
    ssize_t written = has_place ? syscall(SYS_pwrite64, fd, bytes, (size_t)length, at)
                                : syscall(SYS_write, fd, bytes, (size_t)length);
    if (length < (ssize_t)count && !strcmp(getenv("SHORT_WRITES_THEN"), "killed"))
        kill(getpid(), SIGKILL);
    return written;
}

ssize_t write(int fd, const void *bytes, size_t count)
{
    return tampered(fd, bytes, count, 0, 0);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at)
{
    return tampered(fd, bytes, count, at, 1);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at)
{
    return tampered(fd, bytes, count, at, 1);
}
