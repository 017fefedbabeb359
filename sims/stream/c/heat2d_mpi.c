/* heat2d_mpi.c - heat2d.c on several ranks, each with rows of its own: the main rank speaks with the intake, and
 * all ranks write their rows straight into the slot. Only this file knows MPI; millrace.c does not.
 *
 *     mpicc -std=c99 -O2 heat2d_mpi.c millrace.c -lzmq -lpthread -lm -o heat2d_mpi
 *     mpiexec -n 2 ./heat2d_mpi --intake tcp://127.0.0.1:40001 --name heat --grid 64
 */
#include "millrace.h"

#include <math.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int rank, ranks, n, first, rows; /* of the n rows of the field this rank has `rows` from number `first` */

static const char *option(int count, char **arguments, const char *name, const char *otherwise) {
    for (int i = 1; i + 1 < count; i++)
        if (strcmp(arguments[i], name) == 0) return arguments[i + 1];
    return otherwise;
}

/* What is wrong is said once and ends all ranks; a message of the stream is the main rank's. */
static void give_up(const char *sentence) {
    fprintf(stderr, "%s\n", sentence);
    MPI_Abort(MPI_COMM_WORLD, 1);
}

/* u and next have a row above and a row below the own ones, for what the neighbours have there. */
static void advance(double *next, double *u, double r) {
    int above = rank > 0 ? rank - 1 : MPI_PROC_NULL, below = rank < ranks - 1 ? rank + 1 : MPI_PROC_NULL;
    double *own = u + n, *last = u + (size_t)rows * n, *end = last + n;
    MPI_Sendrecv(own, n, MPI_DOUBLE, above, 0, end, n, MPI_DOUBLE, below, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    MPI_Sendrecv(last, n, MPI_DOUBLE, below, 1, u, n, MPI_DOUBLE, above, 1, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    for (int y = 1; y <= rows; y++)
        for (int x = 0; x < n; x++) {
            const double *at = u + (size_t)y * n + x;
            double left = x > 0 ? at[-1] : 0.0, right = x < n - 1 ? at[1] : 0.0;
            next[(size_t)y * n + x] = *at + r * (left + right + at[-n] + at[n] - 4.0 * *at);
        }
}

/* One step into the trainer: `slots` is what this rank writes into, NULL where fields go in messages. */
static void stream_step(millrace *stream, millrace_slab *slots, int64_t step, const double *own) {
    int64_t slot = 0;
    if (rank == 0) slot = millrace_begin(stream, step);
    MPI_Bcast(&slot, 1, MPI_INT64_T, 0, MPI_COMM_WORLD);
    if (slot == MILLRACE_FAILED && rank == 0) give_up(millrace_error());
    if (slot == MILLRACE_FAILED) MPI_Barrier(MPI_COMM_WORLD); /* until the abort of the main rank is here */
    if (slot == MILLRACE_PASS) return;
    if (slots != NULL) {
        millrace_write(slots, slot, (int64_t)first * n, (int64_t)rows * n, own);
        MPI_Barrier(MPI_COMM_WORLD); /* all have written */
    } else { /* some rank is on another machine than the trainer: the main rank gathers and sends */
        double *field = rank == 0 ? malloc((size_t)n * n * sizeof *field) : NULL;
        int counts[1024], starts[1024];
        for (int i = 0; i < ranks; i++) starts[i] = i * n / ranks * n, counts[i] = (i + 1) * n / ranks * n - starts[i];
        if (rank == 0 && field == NULL) give_up("There is no memory for a whole field.");
        MPI_Gatherv(own, rows * n, MPI_DOUBLE, field, counts, starts, MPI_DOUBLE, 0, MPI_COMM_WORLD);
        if (rank == 0) millrace_write(millrace_slots(stream), slot, 0, (int64_t)n * n, field);
        free(field);
    }
    if (rank == 0 && millrace_commit(stream) != 0) give_up(millrace_error());
}

static void solve(millrace *stream, millrace_slab *slots, const double *parameters, int64_t steps, double *u) {
    double step = acos(-1.0) / (n + 1), *next = u + (size_t)(rows + 2) * n, *other;
    memset(u, 0, 2 * (size_t)(rows + 2) * n * sizeof *u); /* with the walls beside the first and the last rank */
    for (int y = 1; y <= rows; y++)
        for (int x = 0; x < n; x++)
            u[(size_t)y * n + x] = parameters[0] * sin((x + 1) * step) * sin((first + y) * step);
    for (int64_t k = 0; k < steps; k++) {
        advance(next, u, parameters[1] / 4.0);
        other = u, u = next, next = other;
        stream_step(stream, slots, k, u + n);
    }
}

/* The slots on every rank, or NULL on every rank if one of them cannot reach them. */
static millrace_slab *attach(millrace *stream) {
    millrace_place place;
    millrace_slab *slots;
    int everywhere;
    if (rank == 0) place = millrace_where(stream);
    MPI_Bcast(&place, sizeof place, MPI_BYTE, 0, MPI_COMM_WORLD);
    slots = millrace_attach(&place);
    everywhere = slots != NULL;
    MPI_Allreduce(MPI_IN_PLACE, &everywhere, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
    if (everywhere) return slots;
    millrace_detach(slots);
    if (rank == 0 && millrace_send_fields(stream) != 0) give_up(millrace_error());
    return NULL;
}

int main(int count, char **arguments) {
    millrace *stream = NULL;
    millrace_slab *slots;
    millrace_simulation simulation;
    double parameters[2], *u;
    int64_t steps = 0;
    MPI_Init(&count, &arguments);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    n = atoi(option(count, arguments, "--grid", "64"));
    first = rank * n / ranks, rows = (rank + 1) * n / ranks - first;
    if (n < ranks || ranks > 1024) give_up("The grid needs a row for each rank, and 1024 ranks at most.");
    if ((u = calloc(2 * (size_t)(rows + 2) * n, sizeof *u)) == NULL) give_up("There is no memory for the field.");
    if (rank == 0) {
        int64_t shape[2] = {n, n};
        stream = millrace_connect(option(count, arguments, "--intake", ""), option(count, arguments, "--name", "heat2d"),
                                  2, shape);
        if (stream == NULL) give_up(millrace_error());
        steps = millrace_steps(stream);
    }
    MPI_Bcast(&steps, 1, MPI_INT64_T, 0, MPI_COMM_WORLD);
    slots = attach(stream);
    for (;;) {
        int found = 0;
        if (rank == 0 && (found = millrace_next(stream, &simulation)) < 0) give_up(millrace_error());
        if (found && (millrace_parameter(&simulation, "amplitude", &parameters[0]) != 0 ||
                      millrace_parameter(&simulation, "diffusivity", &parameters[1]) != 0))
            give_up(millrace_error());
        MPI_Bcast(&found, 1, MPI_INT, 0, MPI_COMM_WORLD);
        if (!found) break;
        MPI_Bcast(parameters, 2, MPI_DOUBLE, 0, MPI_COMM_WORLD);
        solve(stream, slots, parameters, steps, u);
    }
    millrace_detach(slots);
    if (rank == 0 && millrace_bye(stream, "finished", 0) != 0) give_up(millrace_error());
    free(u);
    MPI_Finalize();
    return 0;
}
