/* heat2d.c - a whole solver that streams: u_t = diffusivity (u_xx + u_yy) on the unit square, walls at 0,
 * u = amplitude sin(pi x) sin(pi y) at the start. Explicit Euler and the 5-point stencil on grid x grid interior
 * nodes, h = 1 / (grid + 1), dt = h^2 / 4: stable for a diffusivity up to 1. With r = diffusivity dt / h^2 the discrete
 * solution after n steps is exactly amplitude (1 - 8 r sin^2(pi h / 2))^n sin(pi x) sin(pi y).
 *
 *     cc -std=c99 -O2 heat2d.c millrace.c -lzmq -lpthread -lm -o heat2d
 *     ./heat2d --intake tcp://127.0.0.1:40001 --name heat --grid 64
 */
#include "millrace.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *option(int count, char **arguments, const char *name, const char *otherwise) {
    for (int i = 1; i + 1 < count; i++)
        if (strcmp(arguments[i], name) == 0) return arguments[i + 1];
    return otherwise;
}

static void start(double *u, int n, double amplitude) {
    double step = acos(-1.0) / (n + 1);
    for (int y = 0; y < n; y++)
        for (int x = 0; x < n; x++) u[y * n + x] = amplitude * sin((x + 1) * step) * sin((y + 1) * step);
}

static void advance(double *next, const double *u, int n, double r) {
    for (int y = 0; y < n; y++)
        for (int x = 0; x < n; x++) {
            double left = x > 0 ? u[y * n + x - 1] : 0.0, right = x < n - 1 ? u[y * n + x + 1] : 0.0;
            double low = y > 0 ? u[(y - 1) * n + x] : 0.0, high = y < n - 1 ? u[(y + 1) * n + x] : 0.0;
            next[y * n + x] = u[y * n + x] + r * (left + right + low + high - 4.0 * u[y * n + x]);
        }
}

/* Solve one parameter set and stream every step; a kept state saves the steps up to it. */
static int solve(millrace *stream, const millrace_simulation *simulation, int n, double *u, double *next) {
    double amplitude, diffusivity, *other;
    if (millrace_parameter(simulation, "amplitude", &amplitude) != 0) return MILLRACE_FAILED;
    if (millrace_parameter(simulation, "diffusivity", &diffusivity) != 0) return MILLRACE_FAILED;
    start(u, n, amplitude);
    if (simulation->state != NULL) memcpy(u, simulation->state, (size_t)n * n * sizeof *u);
    for (int64_t step = simulation->kept + 1; step < millrace_steps(stream); step++) {
        advance(next, u, n, diffusivity / 4.0);
        other = u, u = next, next = other;
        int64_t slot = millrace_begin(stream, step);
        if (slot == MILLRACE_FAILED) return MILLRACE_FAILED;
        if (slot == MILLRACE_PASS) continue;
        millrace_write(millrace_slots(stream), slot, 0, (int64_t)n * n, u);
        if (millrace_commit(stream) != 0) return MILLRACE_FAILED;
        if ((step + 1) % 1000 == 0 && millrace_keep(stream, u) != 0) return MILLRACE_FAILED;
    }
    return 0;
}

int main(int count, char **arguments) {
    const char *intake = option(count, arguments, "--intake", "");
    int n = atoi(option(count, arguments, "--grid", "64")), status;
    int64_t shape[2] = {n, n};
    millrace_simulation simulation;
    double *fields = n > 0 ? calloc((size_t)n * n, 2 * sizeof *fields) : NULL;
    millrace *stream = NULL;
    if (fields == NULL) {
        fprintf(stderr, "There is no memory for a grid of %d x %d.\n", n, n);
        return 1;
    }
    stream = millrace_connect(intake, option(count, arguments, "--name", "heat2d"), 2, shape);
    status = stream == NULL ? MILLRACE_FAILED : 1;
    while (status == 1 && (status = millrace_next(stream, &simulation)) == 1)
        if (solve(stream, &simulation, n, fields, fields + (size_t)n * n) != 0) status = MILLRACE_FAILED;
    if (status != 0) fprintf(stderr, "%s\n", millrace_error());
    if (stream != NULL && status == 0) status = millrace_bye(stream, "finished", 0);
    else if (stream != NULL) millrace_bye(stream, "the solver ended early", 0);
    free(fields);
    return status == 0 ? 0 : 1;
}
