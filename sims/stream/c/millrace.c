/* millrace.c - the stream of millrace.h: messages, heartbeats, slots. The bytes: docs/streaming-protocol.md. */
#define _POSIX_C_SOURCE 200809L
#include "millrace.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "Messages and slots are little-endian; this machine is not."
#endif

enum { VERSION = 2, CONNECT_S = 10, TICK_MS = 100, HEADER = 48, DATA = 4096, LINE = 64, MOST_HELD = 256 };
static const double QUICK_S = 0.001, HOLD_S = 0.010; /* steps that follow each other this fast are held this long */

enum kind { HELLO, WELCOME, REFUSE, NEXT, ASSIGN, NO_MORE, CREDIT, COMMIT, BYE, HEARTBEAT, KEEP, NOTHING };

/* ---- errors and time ------------------------------------------------------------------------------------------ */

static char failure[1024];

const char *millrace_error(void) { return failure; }

static int fail(const char *format, ...) {
    va_list values;
    va_start(values, format);
    vsnprintf(failure, sizeof failure, format, values);
    va_end(values);
    return MILLRACE_FAILED;
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* ---- bytes of a message --------------------------------------------------------------------------------------- */

typedef struct {
    uint8_t *data;
    size_t size, room;
    int failed; /* out of memory */
} buffer;

static void put(buffer *out, const void *bytes, size_t size) {
    if (out->size + size > out->room) {
        size_t room = 2 * out->room + size;
        uint8_t *data = realloc(out->data, room);
        if (data == NULL) {
            out->failed = 1;
            return;
        }
        out->data = data;
        out->room = room;
    }
    if (size > 0) memcpy(out->data + out->size, bytes, size);
    out->size += size;
}

static void put_kind(buffer *out, enum kind kind) {
    uint8_t byte = (uint8_t)kind;
    out->size = 0;
    put(out, &byte, 1);
}

static void put_flag(buffer *out, int flag) {
    uint8_t byte = flag != 0;
    put(out, &byte, 1);
}

static void put_int(buffer *out, int64_t value) { put(out, &value, sizeof value); }

static void put_bytes(buffer *out, const void *bytes, size_t size) {
    uint32_t length = (uint32_t)size;
    put(out, &length, sizeof length);
    put(out, bytes, size);
}

static void put_ints(buffer *out, const int64_t *values, uint32_t count) {
    put(out, &count, sizeof count);
    put(out, values, count * sizeof *values);
}

typedef struct {
    const uint8_t *at;
    size_t left;
    int failed; /* shorter than it says */
} reader;

static const uint8_t *take(reader *in, size_t size) {
    const uint8_t *bytes = in->at;
    if (size > in->left) {
        in->failed = 1;
        in->left = 0;
        return NULL;
    }
    in->at += size;
    in->left -= size;
    return bytes;
}

static void take_into(reader *in, void *value, size_t size) {
    const uint8_t *bytes = take(in, size);
    if (bytes != NULL) memcpy(value, bytes, size);
}

static int64_t take_int(reader *in) {
    int64_t value = 0;
    take_into(in, &value, sizeof value);
    return value;
}

static double take_float(reader *in) {
    double value = 0.0;
    take_into(in, &value, sizeof value);
    return value;
}

static uint32_t take_count(reader *in) {
    uint32_t count = 0;
    take_into(in, &count, sizeof count);
    return count;
}

static char *take_string(reader *in) { /* with a zero behind it, to be freed */
    uint32_t size = take_count(in);
    const uint8_t *bytes = take(in, size);
    char *string = bytes == NULL ? NULL : malloc((size_t)size + 1);
    if (string == NULL) {
        in->failed = 1;
        return NULL;
    }
    memcpy(string, bytes, size);
    string[size] = '\0';
    return string;
}

/* ---- slots ---------------------------------------------------------------------------------------------------- */

struct millrace_slab {
    uint8_t *memory; /* slot i is at memory + DATA + i * stride */
    size_t size, stride; /* stride 0: there is one field, and it is nobody else's */
};

static millrace_slab *map_slab(int file, size_t size, size_t stride) {
    millrace_slab *slab = malloc(sizeof *slab);
    if (slab == NULL) return NULL;
    slab->size = size;
    slab->stride = stride;
    slab->memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (slab->memory != MAP_FAILED) return slab;
    free(slab);
    return NULL;
}

/* Room for one field: whatever slot is asked for, it is this one. */
static millrace_slab *make_room(int64_t values) {
    millrace_slab *room = malloc(sizeof *room);
    if (room == NULL) return NULL;
    room->stride = 0;
    room->size = DATA + (size_t)values * sizeof(float);
    room->memory = malloc(room->size);
    if (room->memory != NULL) return room;
    free(room);
    return NULL;
}

millrace_slab *millrace_attach(const millrace_place *place) {
    uint8_t found[HEADER], expected[HEADER];
    size_t stride = ((size_t)place->values * sizeof(float) + LINE - 1) / LINE * LINE;
    size_t size = DATA + (size_t)place->slots * stride;
    uint64_t numbers[3] = {(uint64_t)place->slots, stride, DATA};
    struct stat status;
    millrace_slab *slab = NULL;
    int file = open(place->path, O_RDWR | O_CLOEXEC);
    if (file < 0) {
        fail("The slots in %s cannot be reached from this machine (%s).", place->path, strerror(errno));
        return NULL;
    }
    memcpy(expected, "millrace", 8);
    memcpy(expected + 8, place->token, 16);
    memcpy(expected + 24, numbers, 24);
    if (pread(file, found, HEADER, 0) != HEADER || memcmp(found, expected, HEADER) != 0 || fstat(file, &status) != 0 ||
        (uint64_t)status.st_size < size)
        fail("The file %s is another one than that of the study; the study runs on another machine.", place->path);
    else if ((slab = map_slab(file, size, stride)) == NULL)
        fail("The slots in %s cannot be mapped (%s).", place->path, strerror(errno));
    close(file);
    return slab;
}

void millrace_detach(millrace_slab *slab) {
    if (slab == NULL) return;
    if (slab->stride == 0)
        free(slab->memory);
    else
        munmap(slab->memory, slab->size);
    free(slab);
}

float *millrace_slot(millrace_slab *slab, int64_t slot) {
    return (float *)(void *)(slab->memory + DATA + (size_t)slot * slab->stride);
}

void millrace_write(millrace_slab *slab, int64_t slot, int64_t first, int64_t count, const double *values) {
    float *target = millrace_slot(slab, slot) + first;
    for (int64_t i = 0; i < count; i++) target[i] = (float)values[i];
}

/* ---- heartbeats ----------------------------------------------------------------------------------------------- */

typedef struct {
    pthread_t thread;
    pthread_mutex_t lock; /* around `answered` and `stopped` */
    double answered;      /* when the last beat was sent that was answered: an answer may lie here for long */
    double sent[64];      /* when the beats were sent, in turn */
    int stopped, running;
    void *context;
    char *intake;
    double beat;
    uint8_t identity[17];
} heart;

static int heart_stopped(heart *own) {
    pthread_mutex_lock(&own->lock);
    int stopped = own->stopped;
    pthread_mutex_unlock(&own->lock);
    return stopped;
}

static double heart_silence(heart *own) {
    pthread_mutex_lock(&own->lock);
    double answered = own->answered;
    pthread_mutex_unlock(&own->lock);
    return now() - answered;
}

/* A signal that falls here interrupts it before anything is connected. */
static int connect_to(void *socket, const char *address) {
    int done;
    do done = zmq_connect(socket, address);
    while (done != 0 && zmq_errno() == EINTR);
    return done;
}

/* A thread and a socket of its own, so that a long time step does not look like a death. */
static void *heart_run(void *argument) {
    heart *own = argument;
    int linger = 0;
    buffer beat = {0};
    void *socket = zmq_socket(own->context, ZMQ_DEALER);
    put_kind(&beat, HEARTBEAT);
    put_bytes(&beat, own->identity, sizeof own->identity);
    if (socket != NULL && !beat.failed) {
        zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof linger);
        connect_to(socket, own->intake);
        size_t beats = 0, answers = 0;
        for (double due = 0.0; !heart_stopped(own);) {
            zmq_pollitem_t item = {socket, 0, ZMQ_POLLIN, 0};
            if (now() >= due) {
                own->sent[beats % 64] = now();
                due = now() + own->beat;
                if (zmq_send(socket, beat.data, beat.size, ZMQ_DONTWAIT) >= 0) beats++;
            }
            if (zmq_poll(&item, 1, own->beat < 0.1 ? (long)(own->beat * 1000) + 1 : TICK_MS) > 0) {
                char answer[64];
                zmq_recv(socket, answer, sizeof answer, 0);
                pthread_mutex_lock(&own->lock);
                if (answers < beats && beats - answers <= 64) own->answered = own->sent[answers % 64];
                answers++;
                pthread_mutex_unlock(&own->lock);
            }
        }
    }
    if (socket != NULL) zmq_close(socket);
    free(beat.data);
    return NULL;
}

static int heart_start(heart *own) {
    sigset_t all, before;
    own->answered = now();
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before); /* signals are for the solver's thread */
    own->running = pthread_create(&own->thread, NULL, heart_run, own) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return own->running ? 0 : fail("The thread for the heartbeats cannot be started.");
}

static void heart_stop(heart *own) {
    pthread_mutex_lock(&own->lock);
    own->stopped = 1;
    pthread_mutex_unlock(&own->lock);
    if (own->running) pthread_join(own->thread, NULL);
    own->running = 0;
}

/* ---- the conversation ----------------------------------------------------------------------------------------- */

struct millrace {
    void *context, *socket;
    heart heart;
    zmq_msg_t frame; /* the last message, which a reader points into */
    buffer out;
    millrace_place place;
    millrace_slab *slab;
    int64_t steps;
    double patience;
    int is_inline;
    int64_t *credits; /* slots that may be written: those from `spent` on */
    size_t granted, spent;
    millrace_simulation simulation; /* number -1: none runs */
    char **names;
    double *values, *state;
    int64_t step;             /* the next one */
    int64_t begun;            /* slot of the step that is being written, -1 for none */
    int64_t held[MOST_HELD];  /* slots that are written and not yet announced, */
    uint32_t holding;         /* their number, */
    double since, last;       /* the time of the first of them, and of the last commit */
};

static void forget_simulation(millrace *stream) {
    for (int64_t i = 0; stream->names != NULL && i < stream->simulation.parameters; i++) free(stream->names[i]);
    free(stream->names);
    free(stream->values);
    free(stream->state);
    stream->names = NULL;
    stream->values = stream->state = NULL;
    memset(&stream->simulation, 0, sizeof stream->simulation);
    stream->simulation.number = -1;
}

static void free_stream(millrace *stream) {
    heart_stop(&stream->heart);
    pthread_mutex_destroy(&stream->heart.lock);
    free(stream->heart.intake);
    forget_simulation(stream);
    millrace_detach(stream->slab);
    zmq_msg_close(&stream->frame);
    if (stream->socket != NULL) zmq_close(stream->socket);
    if (stream->context != NULL) zmq_ctx_term(stream->context);
    free(stream->credits);
    free(stream->out.data);
    free(stream);
}

/* Signals of the solver (a profiler's clock, a handler of its own) interrupt the calls that wait; they go on. */
static int send_frame(millrace *stream, const void *data, size_t size, int more) {
    int sent;
    do sent = zmq_send(stream->socket, data, size, more ? ZMQ_SNDMORE : 0);
    while (sent < 0 && zmq_errno() == EINTR);
    return sent >= 0 ? 0 : fail("A message to the intake could not be sent: %s.", zmq_strerror(zmq_errno()));
}

static int send_message(millrace *stream, int more) {
    if (stream->out.failed) return fail("There is no memory for a message to the intake.");
    return send_frame(stream, stream->out.data, stream->out.size, more);
}

static int take_credits(millrace *stream, reader *in) {
    uint32_t count = take_count(in);
    size_t left = stream->granted - stream->spent;
    int64_t *credits;
    if (count > in->left / sizeof *credits) return in->failed = 1;
    credits = malloc((left + count + 1) * sizeof *credits);
    if (credits == NULL) return fail("There is no memory for the credits of the intake.");
    if (left > 0) memcpy(credits, stream->credits + stream->spent, left * sizeof *credits);
    take_into(in, credits + left, count * sizeof *credits);
    free(stream->credits);
    stream->credits = credits;
    stream->spent = 0;
    stream->granted = left + count;
    for (size_t i = left; i < stream->granted; i++)
        if (credits[i] < 0 || credits[i] >= stream->place.slots)
            return fail("The intake granted slot %lld of %lld.", (long long)credits[i], (long long)stream->place.slots);
    return 0;
}

/* Whether the slots are still this producer's: not so after the intake died, nor after this process slept for long. */
static int check_heart(millrace *stream) {
    double silence = stream->heart.running ? heart_silence(&stream->heart) : 0.0;
    if (silence <= stream->patience) return 0;
    return fail("The intake has not answered for %.0f s; it was killed or cannot be reached.", silence);
}

/* The kind of the next message, with its fields behind `in`; NOTHING after a while without one. Credits are put
 * aside, a refusal is a failure. */
static int receive(millrace *stream, reader *in) {
    zmq_pollitem_t item = {stream->socket, 0, ZMQ_POLLIN, 0};
    uint8_t kind = NOTHING;
    int ready = zmq_poll(&item, 1, TICK_MS);
    if (ready > 0) {
        zmq_msg_close(&stream->frame);
        zmq_msg_init(&stream->frame);
        ready = zmq_msg_recv(&stream->frame, stream->socket, ZMQ_DONTWAIT) < 0 ? -1 : 1;
    }
    if (ready < 0 && zmq_errno() != EINTR && zmq_errno() != EAGAIN)
        return fail("The intake cannot be listened to: %s.", zmq_strerror(zmq_errno()));
    if (ready <= 0) return check_heart(stream) == 0 ? (int)NOTHING : MILLRACE_FAILED;
    *in = (reader){zmq_msg_data(&stream->frame), zmq_msg_size(&stream->frame), 0};
    take_into(in, &kind, 1);
    if (kind == REFUSE) {
        char *reason = take_string(in);
        fail("The intake refused: %s", reason == NULL ? "no reason given." : reason);
        free(reason);
        return MILLRACE_FAILED;
    }
    if (kind == CREDIT && take_credits(stream, in) != 0) return MILLRACE_FAILED;
    if (in->failed || kind >= NOTHING) return fail("Bytes arrived that are no message of a millrace stream.");
    return kind;
}

/* Announce the steps that are written: one Commit for all of them, with the field behind it if it goes inline. */
static int flush(millrace *stream) {
    size_t field = (size_t)stream->place.values * sizeof(float);
    if (stream->holding == 0) return 0;
    put_kind(&stream->out, COMMIT);
    put_int(&stream->out, stream->simulation.number);
    put_int(&stream->out, stream->step - stream->holding);
    put_ints(&stream->out, stream->held, stream->holding);
    put_flag(&stream->out, stream->is_inline);
    stream->holding = 0;
    if (send_message(stream, stream->is_inline) != 0) return MILLRACE_FAILED;
    return stream->is_inline ? send_frame(stream, millrace_slot(stream->slab, 0), field, 0) : 0;
}

static int read_welcome(millrace *stream, reader *in) {
    char *path = take_string(in);
    uint32_t token = take_count(in);
    const uint8_t *bytes = take(in, token);
    size_t length = path == NULL ? 0 : strlen(path);
    if (length < sizeof stream->place.path && token == sizeof stream->place.token && bytes != NULL) {
        memcpy(stream->place.path, path == NULL ? "" : path, length);
        memcpy(stream->place.token, bytes, token);
    } /* else the path stays empty and fields go inline */
    free(path);
    stream->place.slots = take_int(in);
    stream->steps = take_int(in);
    stream->heart.beat = take_float(in);
    stream->patience = take_float(in);
    return in->failed ? fail("The welcome of the intake cannot be read.") : 0;
}

static int greet(millrace *stream, const char *intake, const char *name, int dimensions, const int64_t *shape) {
    reader in;
    put_kind(&stream->out, HELLO);
    put_int(&stream->out, VERSION);
    put_bytes(&stream->out, name, strlen(name));
    put_ints(&stream->out, shape, (uint32_t)dimensions);
    put_bytes(&stream->out, "float32", 7);
    put_int(&stream->out, -1);
    if (send_message(stream, 0) != 0) return MILLRACE_FAILED;
    for (double deadline = now() + CONNECT_S; now() < deadline;) {
        int kind = receive(stream, &in);
        if (kind == MILLRACE_FAILED) return MILLRACE_FAILED;
        if (kind == WELCOME) return read_welcome(stream, &in);
    }
    return fail("No intake answered at %s within %d s; is the study running, and the address its own?", intake,
                CONNECT_S);
}

static int open_socket(millrace *stream, const char *intake) {
    int linger = 0, impatience = CONNECT_S * 1000;
    FILE *random = fopen("/dev/urandom", "rb");
    size_t count = random == NULL ? 0 : fread(stream->heart.identity + 1, 16, 1, random);
    if (random != NULL) fclose(random);
    if (count != 1) return fail("/dev/urandom cannot be read; the stream needs a random identity.");
    stream->heart.identity[0] = 'p';
    stream->context = stream->heart.context = zmq_ctx_new();
    stream->socket = stream->context == NULL ? NULL : zmq_socket(stream->context, ZMQ_DEALER);
    if (stream->socket == NULL) return fail("A ZeroMQ socket cannot be made: %s.", zmq_strerror(zmq_errno()));
    /* an identity of its own, so that a reconnection is the same producer */
    zmq_setsockopt(stream->socket, ZMQ_IDENTITY, stream->heart.identity, sizeof stream->heart.identity);
    zmq_setsockopt(stream->socket, ZMQ_LINGER, &linger, sizeof linger);
    zmq_setsockopt(stream->socket, ZMQ_SNDTIMEO, &impatience, sizeof impatience);
    if (connect_to(stream->socket, intake) == 0) return 0;
    return fail("'%s' is no address of an intake (%s); it looks like tcp://host:port.", intake,
                zmq_strerror(zmq_errno()));
}

millrace *millrace_connect(const char *intake, const char *name, int dimensions, const int64_t *shape) {
    millrace *stream = calloc(1, sizeof *stream);
    if (stream == NULL) {
        fail("There is no memory for a stream.");
        return NULL;
    }
    zmq_msg_init(&stream->frame);
    pthread_mutex_init(&stream->heart.lock, NULL);
    stream->simulation.number = stream->begun = -1;
    stream->place.values = 1;
    for (int i = 0; i < dimensions; i++) stream->place.values *= shape[i];
    stream->heart.intake = strdup(intake);
    if (stream->heart.intake == NULL)
        fail("There is no memory for a stream.");
    else if (open_socket(stream, intake) == 0 && greet(stream, intake, name, dimensions, shape) == 0 &&
             heart_start(&stream->heart) == 0) {
        stream->slab = millrace_attach(&stream->place);
        if (stream->slab != NULL || millrace_send_fields(stream) == 0) return stream;
    }
    free_stream(stream);
    return NULL;
}

int millrace_send_fields(millrace *stream) {
    if (stream->is_inline) return 0;
    if (stream->begun >= 0 || stream->last > 0.0)
        return fail("Fields must be sent in messages from the first step on, or not at all.");
    millrace_detach(stream->slab);
    stream->slab = make_room(stream->place.values);
    stream->is_inline = 1;
    return stream->slab != NULL ? 0 : fail("There is no memory for a field of %lld values.",
                                           (long long)stream->place.values);
}

int64_t millrace_steps(const millrace *stream) { return stream->steps; }
int millrace_inline(const millrace *stream) { return stream->is_inline; }
millrace_slab *millrace_slots(millrace *stream) { return stream->slab; }
millrace_place millrace_where(const millrace *stream) { return stream->place; }

static int read_assign(millrace *stream, reader *in) {
    millrace_simulation *simulation = &stream->simulation;
    size_t state = (size_t)stream->place.values * sizeof(double);
    simulation->number = take_int(in);
    uint32_t count = take_count(in);
    if (count > in->left) return fail("The parameter set of the intake cannot be read.");
    stream->names = calloc((size_t)count + 1, sizeof *stream->names);
    stream->values = calloc((size_t)count + 1, sizeof *stream->values);
    if (stream->names == NULL || stream->values == NULL) return fail("There is no memory for the parameters.");
    simulation->parameters = count;
    for (uint32_t i = 0; i < count && !in->failed; i++) {
        stream->names[i] = take_string(in);
        stream->values[i] = take_float(in);
    }
    simulation->owed = take_int(in);
    simulation->kept = take_int(in);
    if (take_count(in) == state && simulation->kept >= 0 && (stream->state = malloc(state)) != NULL)
        take_into(in, stream->state, state);
    if (in->failed) return fail("The parameter set of the intake cannot be read.");
    simulation->names = (const char *const *)stream->names;
    simulation->values = stream->values;
    simulation->state = stream->state;
    if (stream->state == NULL) simulation->kept = -1;
    return 0;
}

int millrace_next(millrace *stream, millrace_simulation *simulation) {
    reader in;
    if (stream->simulation.number >= 0 && stream->step != stream->steps)
        return fail("Simulation %lld ended after %lld steps; the study has %lld.",
                    (long long)stream->simulation.number, (long long)stream->step, (long long)stream->steps);
    if (flush(stream) != 0) return MILLRACE_FAILED;
    forget_simulation(stream);
    put_kind(&stream->out, NEXT);
    if (send_message(stream, 0) != 0) return MILLRACE_FAILED;
    for (;;) {
        int kind = receive(stream, &in);
        if (kind == MILLRACE_FAILED) return MILLRACE_FAILED;
        if (kind == NO_MORE) return 0;
        if (kind != ASSIGN) continue;
        stream->granted = stream->spent = 0; /* those of the last simulation went back when this one was asked for */
        stream->step = 0;
        if (read_assign(stream, &in) != 0) return MILLRACE_FAILED;
        *simulation = stream->simulation;
        return 1;
    }
}

int millrace_parameter(const millrace_simulation *simulation, const char *name, double *value) {
    for (int64_t i = 0; i < simulation->parameters; i++)
        if (strcmp(simulation->names[i], name) == 0) {
            *value = simulation->values[i];
            return 0;
        }
    return fail("Simulation %lld has no parameter '%s'; the study names %lld, the first is '%s'.",
                (long long)simulation->number, name, (long long)simulation->parameters,
                simulation->parameters > 0 ? simulation->names[0] : "");
}

int64_t millrace_begin(millrace *stream, int64_t step) {
    reader in;
    int64_t owed = stream->simulation.owed;
    int left_out = stream->step <= owed && step <= owed; /* steps that have arrived may be left out */
    if (stream->simulation.number < 0) return fail("Step %lld was begun without a simulation.", (long long)step);
    if (step < 0 || step >= stream->steps || stream->begun >= 0 || (step != stream->step && !left_out))
        return fail("Step %lld of %lld was begun; the next one is %lld, and each begun step is committed once.",
                    (long long)step, (long long)stream->steps, (long long)stream->step);
    stream->step = step;
    if (step < owed) {
        stream->step++;
        return MILLRACE_PASS;
    }
    if (stream->spent == stream->granted && flush(stream) != 0) return MILLRACE_FAILED;
    while (stream->spent == stream->granted)
        if (receive(stream, &in) == MILLRACE_FAILED) return MILLRACE_FAILED;
    if (check_heart(stream) != 0) return MILLRACE_FAILED;
    return stream->begun = stream->credits[stream->spent++];
}

int millrace_commit(millrace *stream) {
    double time = now();
    if (stream->begun < 0) return fail("A step was committed that was not begun.");
    if (stream->holding == 0) stream->since = time;
    stream->held[stream->holding++] = stream->begun;
    stream->begun = -1;
    stream->step++;
    int hold = !stream->is_inline && stream->holding < MOST_HELD && stream->step < stream->steps &&
               time - stream->last < QUICK_S && time - stream->since < HOLD_S;
    stream->last = time;
    return hold ? 0 : flush(stream);
}

int millrace_keep(millrace *stream, const double *state) {
    if (flush(stream) != 0) return MILLRACE_FAILED;
    put_kind(&stream->out, KEEP);
    put_int(&stream->out, stream->simulation.number);
    put_int(&stream->out, stream->step - 1);
    put_bytes(&stream->out, state, (size_t)stream->place.values * sizeof *state);
    return send_message(stream, 0);
}

int millrace_bye(millrace *stream, const char *reason, int failed) {
    int linger = 2000;
    int status = flush(stream);
    put_kind(&stream->out, BYE);
    put_bytes(&stream->out, reason, strlen(reason));
    put_flag(&stream->out, failed);
    if (status == 0) status = send_message(stream, 0);
    zmq_setsockopt(stream->socket, ZMQ_LINGER, &linger, sizeof linger);
    free_stream(stream);
    return status;
}
