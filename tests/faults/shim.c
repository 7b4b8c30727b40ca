/* A layer between a program and the disk: it counts what the program does to the files of one folder, and at a chosen
 * call kills the process, does half of a write, or answers with an error. It can also keep a record of every call, from
 * which the states that a power cut may leave are made (power.py). Loaded with LD_PRELOAD; armed by fault_arm(), or by
 * the environment for a program that is started anew.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { NOTHING = 0, KILL = -1, KILL_HALFWAY = -2 };
enum { MOST_FILES = 4096 };

static char folder[PATH_MAX];
static size_t folder_length;
static long at = -1, count = 0, budget = -1;
static int deed = NOTHING, from_then_on = 0, record = -1;
static char *names[MOST_FILES];

static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

static int ours(const char *path) {
    if (!folder_length || !path || strncmp(path, folder, folder_length)) return 0;
    if (path[folder_length] != '/' && path[folder_length] != 0) return 0;
    size_t length = strlen(path);
    return length < 4 || strcmp(path + length - 4, "-shm"); /* shared memory is made anew, never kept */
}

static const char *name_of(int file) { return file >= 0 && file < MOST_FILES ? names[file] : NULL; }

static void forget(int file) {
    if (file < 0 || file >= MOST_FILES || !names[file]) return;
    free(names[file]);
    names[file] = NULL;
}

static void remember(int file, const char *path) {
    forget(file);
    if (file >= 0 && file < MOST_FILES && ours(path)) names[file] = strdup(path);
}

static void note(const char *what, const char *path, const char *other, long long offset, const void *data, size_t size) {
    if (record < 0) return;
    char head[2 * PATH_MAX + 128];
    int length = snprintf(head, sizeof head, "%s\t%s\t%s\t%lld\t%zu\n", what, path, other, offset, data ? size : 0);
    syscall(SYS_write, record, head, (size_t)length);
    if (data) syscall(SYS_write, record, data, size);
}

/* One more call. 0: let it happen. 1: do half of it and die. Else the error that it answers with. */
static int met(int may_fail) {
    long number = __sync_add_and_fetch(&count, 1);
    if (at < 0 || number < at || (number > at && !from_then_on)) return 0;
    if (deed == KILL) syscall(SYS_kill, syscall(SYS_getpid), SIGKILL);
    if (deed == KILL_HALFWAY) return 1;
    return may_fail ? deed : 0;
}

static int die(void) {
    syscall(SYS_kill, syscall(SYS_getpid), SIGKILL);
    return -1;
}

static int failed(int wrong) {
    errno = wrong;
    return -1;
}

/* What of a write still fits on the disk whose room is told in `budget`. */
static int no_room(size_t size) {
    if (budget < 0) return 0;
    if ((long)size > budget) return 1;
    budget -= (long)size;
    return 0;
}

void fault_arm(const char *home, long number, int what, int on, const char *log, long room) {
    snprintf(folder, sizeof folder, "%s", home);
    folder_length = strlen(folder);
    at = number, deed = what, from_then_on = on, count = 0, budget = room;
    record = log && *log ? (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
}

long fault_count(void) { return count; }

/* For a listener: a mark in the record, such as what was said on standard output. */
void fault_mark(const char *words) { note("mark", words, "", 0, NULL, 0); }

__attribute__((constructor)) static void from_environment(void) {
    const char *home = getenv("FAULT_HOME"), *number = getenv("FAULT_AT"), *what = getenv("FAULT_DEED");
    const char *log = getenv("FAULT_RECORD");
    if (home) fault_arm(home, number ? atol(number) : -1, what ? atoi(what) : NOTHING, 0, log, -1);
}

#define OPENED(NAME, DECLARED, CALLED)                                                    \
    int NAME DECLARED {                                                                   \
        mode_t mode = 0;                                                                  \
        if (flags & (O_CREAT | O_TMPFILE)) {                                              \
            va_list rest;                                                                 \
            va_start(rest, flags);                                                        \
            mode = va_arg(rest, mode_t);                                                  \
            va_end(rest);                                                                 \
        }                                                                                 \
        return opened(path, flags, mode, CALLED);                                         \
    }

static int opened(const char *path, int flags, mode_t mode, int folder_number) {
    int makes = 0, wrong = 0;
    if (ours(path) && (flags & (O_WRONLY | O_RDWR | O_CREAT))) {
        makes = (flags & O_CREAT) && faccessat(folder_number, path, F_OK, AT_SYMLINK_NOFOLLOW);
        wrong = met(1);
        if (wrong == 1) return die();
        if (wrong) return failed(wrong);
        if (makes && no_room(1)) return failed(ENOSPC);
    }
    int file = (int)syscall(SYS_openat, folder_number, path, flags, mode);
    if (file >= 0) remember(file, path);
    if (file >= 0 && makes) note("create", path, "", 0, NULL, 0);
    if (file >= 0 && !makes && ours(path) && (flags & O_TRUNC)) note("cut", path, "", 0, NULL, 0);
    return file;
}

OPENED(open, (const char *path, int flags, ...), AT_FDCWD)
OPENED(open64, (const char *path, int flags, ...), AT_FDCWD)
OPENED(openat, (int within, const char *path, int flags, ...), within)
OPENED(openat64, (int within, const char *path, int flags, ...), within)

int close(int file) {
    forget(file);
    return (int)syscall(SYS_close, file);
}

int dup(int file) {
    int other = (int)syscall(SYS_dup, file);
    if (other >= 0 && name_of(file)) remember(other, name_of(file));
    return other;
}

static ssize_t written(int file, const void *data, size_t size, long long offset, int placed) {
    const char *path = name_of(file);
    if (path) {
        int wrong = met(1);
        if (wrong == 1) size = size / 2;
        else if (wrong) return failed(wrong);
        if (no_room(size)) return failed(ENOSPC);
        long long where = placed ? offset : (long long)syscall(SYS_lseek, file, 0, SEEK_CUR);
        ssize_t done = placed ? syscall(SYS_pwrite64, file, data, size, offset) : syscall(SYS_write, file, data, size);
        if (wrong == 1) return die();
        if (done > 0) note("write", path, "", where, data, (size_t)done);
        return done;
    }
    return placed ? syscall(SYS_pwrite64, file, data, size, offset) : syscall(SYS_write, file, data, size);
}

ssize_t write(int file, const void *data, size_t size) { return written(file, data, size, 0, 0); }
ssize_t pwrite(int file, const void *data, size_t size, off_t offset) { return written(file, data, size, offset, 1); }
ssize_t pwrite64(int file, const void *data, size_t size, off64_t offset) { return written(file, data, size, offset, 1); }

static int synced(int file, long call) {
    const char *path = name_of(file);
    if (path) {
        int wrong = met(1);
        if (wrong == 1) return die();
        if (wrong) return failed(wrong);
    }
    int done = (int)syscall(call, file);
    if (path && !done) note("sync", path, "", 0, NULL, 0);
    return done;
}

int fsync(int file) { return synced(file, SYS_fsync); }
int fdatasync(int file) { return synced(file, SYS_fdatasync); }

static int cut(int file, long long size) {
    const char *path = name_of(file);
    if (path) {
        int wrong = met(1);
        if (wrong == 1) return die();
        if (wrong) return failed(wrong);
    }
    int done = (int)syscall(SYS_ftruncate, file, size);
    if (path && !done) note("cut", path, "", size, NULL, 0);
    return done;
}

int ftruncate(int file, off_t size) { return cut(file, size); }
int ftruncate64(int file, off64_t size) { return cut(file, size); }

static int moved(const char *from, const char *to, int links) {
    int wrong = ours(from) || ours(to) ? met(1) : 0;
    if (wrong == 1) return die();
    if (wrong) return failed(wrong);
    int done = links ? (int)syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0) : (int)syscall(SYS_rename, from, to);
    if (!done && (ours(from) || ours(to))) note(links ? "link" : "rename", from, to, 0, NULL, 0);
    return done;
}

int rename(const char *from, const char *to) { return moved(from, to, 0); }
int link(const char *from, const char *to) { return moved(from, to, 1); }
int linkat(int within, const char *from, int other, const char *to, int flags) {
    if (ours(from) && ours(to)) return moved(from, to, 1);
    return (int)syscall(SYS_linkat, within, from, other, to, flags);
}

int unlink(const char *path) {
    int wrong = ours(path) ? met(1) : 0;
    if (wrong == 1) return die();
    if (wrong) return failed(wrong);
    int done = (int)syscall(SYS_unlink, path);
    if (!done && ours(path)) note("unlink", path, "", 0, NULL, 0);
    return done;
}

int mkdir(const char *path, mode_t mode) {
    int wrong = ours(path) ? met(1) : 0;
    if (wrong == 1) return die();
    if (wrong) return failed(wrong);
    int done = (int)syscall(SYS_mkdir, path, mode);
    if (!done && ours(path)) note("mkdir", path, "", 0, NULL, 0);
    return done;
}

int posix_fallocate(int file, off_t offset, off_t size) {
    if (name_of(file) && no_room((size_t)size)) return ENOSPC;
    int (*plain)(int, off_t, off_t) = (int (*)(int, off_t, off_t))real("posix_fallocate");
    return plain(file, offset, size);
}
