/* millrace.h - stream the fields of a C, C++ or Fortran solver into a millrace study.
 *
 *     millrace *stream = millrace_connect(intake, name, 2, shape);
 *     while ((found = millrace_next(stream, &simulation)) == 1)
 *         for (int64_t step = 0; step < millrace_steps(stream); step++) {
 *             ... solve one time step ...
 *             if ((slot = millrace_begin(stream, step)) == MILLRACE_FAILED) break;
 *             millrace_write(millrace_slots(stream), slot, 0, values, field);
 *             if (millrace_commit(stream) != 0) break;
 *         }
 *     millrace_bye(stream, "finished", 0);
 *
 * Here is what a solver calls; the bytes are described in docs/streaming-protocol.md. heat2d.c beside this file
 * is a whole serial solver, and heat2d_mpi.c the same with MPI: the main rank alone speaks, and the other ranks
 * attach the slots and write their rows. C99, POSIX, libzmq; little-endian machines. Link -lzmq -lpthread -lm.
 *
 * One thread of one rank uses a stream. Calls that return int return 0, or MILLRACE_FAILED where they failed;
 * calls that return a pointer return NULL. millrace_error() then says in one sentence what is wrong. */
#ifndef MILLRACE_H
#define MILLRACE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MILLRACE_FAILED (-1)
#define MILLRACE_PASS (-2) /* from millrace_begin: this step has arrived before, leave it out */

typedef struct millrace millrace;           /* an open stream */
typedef struct millrace_slab millrace_slab; /* the slots, as one process sees them */

typedef struct { /* one parameter set to solve; its arrays are valid until the next millrace_next */
    int64_t number;
    int64_t owed; /* the first step, from 0, that is still needed; earlier ones may be left out */
    int64_t parameters;
    const char *const *names;
    const double *values;
    int64_t kept;        /* the step after which a state was kept, -1 for none */
    const double *state; /* that state, the whole field in C order, or NULL */
} millrace_simulation;

typedef struct { /* where the slots are; plain bytes, to be broadcast to the other ranks */
    char path[1024];
    uint8_t token[16];
    int64_t slots;
    int64_t values; /* of one field */
} millrace_place;

/* What was wrong with the last call that failed. */
const char *millrace_error(void);

/* Say hello to the intake at an address like tcp://127.0.0.1:40001. `name` is for messages to people, `shape` that
 * of the whole field; the slowest axis comes first. Waits up to ten seconds for the answer. */
millrace *millrace_connect(const char *intake, const char *name, int dimensions, const int64_t *shape);

/* Time steps of a simulation. */
int64_t millrace_steps(const millrace *stream);

/* Wait for a parameter set: 1 and the set, 0 if there is none left, or MILLRACE_FAILED. */
int millrace_next(millrace *stream, millrace_simulation *simulation);

/* A parameter by its name. */
int millrace_parameter(const millrace_simulation *simulation, const char *name, double *value);

/* Wait for a slot for this step. Steps come in order. Returns the slot, MILLRACE_PASS or MILLRACE_FAILED. */
int64_t millrace_begin(millrace *stream, int64_t step);

/* The step that was begun is written, by all ranks. Quick steps are announced together. */
int millrace_commit(millrace *stream);

/* Hand over the whole state (C order) right after the last committed step, so that another worker can go on from it;
 * about once a second is enough. */
int millrace_keep(millrace *stream, const double *state);

/* Announce what is written, say goodbye and free the stream. `failed`: the simulation at hand is to blame. */
int millrace_bye(millrace *stream, const char *reason, int failed);

/* The slots as the main rank writes them: the slab, or, where it cannot be reached from this machine, room for the
 * one field that the next commit sends in a message. */
millrace_slab *millrace_slots(millrace *stream);

/* Whether fields travel in messages, 1 or 0. */
int millrace_inline(const millrace *stream);

/* Before the first step: send fields in messages, because another rank cannot attach the slots. The main rank
 * then gathers the field and writes all of it. */
int millrace_send_fields(millrace *stream);

/* Where the slots are, for millrace_attach on the other ranks; those need no stream and no socket. */
millrace_place millrace_where(const millrace *stream);
millrace_slab *millrace_attach(const millrace_place *place);
void millrace_detach(millrace_slab *slab);

/* Write `count` values from number `first` of the field (C order) into a slot, as float32; or get its address. */
void millrace_write(millrace_slab *slab, int64_t slot, int64_t first, int64_t count, const double *values);
float *millrace_slot(millrace_slab *slab, int64_t slot);

#ifdef __cplusplus
}
#endif
#endif
