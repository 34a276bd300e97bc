#ifndef CHOKEPOINT_CGRAPHVIZ_SHIM_H
#define CHOKEPOINT_CGRAPHVIZ_SHIM_H

#include <stdbool.h>
#include <stddef.h>

/* The part of Graphviz that a rendering needs, as a life cycle that cannot be walked in a wrong order.
   Nothing here may run on two threads at once: the library keeps its state in globals. */

/* The library with its plug-ins. */
typedef struct gvz_engine gvz_engine;

/* A graph that was read from text, laid out or not. */
typedef struct gvz_drawing gvz_drawing;

/* Centre, width and height in points; y grows upwards from the lower edge of the drawing. */
typedef struct {
  double x, y, width, height;
} gvz_box;

/* Loads the plug-ins; NULL without memory. */
gvz_engine *gvz_start(void);
void gvz_stop(gvz_engine *engine);

/* Reads one graph in the DOT language; NULL when the text is wrong. The engine must outlive it. */
gvz_drawing *gvz_read(gvz_engine *engine, const char *text, size_t count);
void gvz_close(gvz_drawing *drawing);

/* Lays the graph out; an earlier layout goes first. */
bool gvz_lay_out(gvz_drawing *drawing, const char *algorithm);

/* Lower left corner, then upper right corner; all zero without a layout. */
void gvz_bounds(const gvz_drawing *drawing, double corners[4]);

/* Fills `boxes` in the order in which the nodes first appear in the text; returns the number of nodes. */
size_t gvz_node_boxes(const gvz_drawing *drawing, gvz_box *boxes, size_t capacity);

/* Writes the layout; free the bytes with gvz_free. A resolution of 0 leaves it to the format. */
bool gvz_render(gvz_drawing *drawing, const char *format, double dots_per_inch, char **bytes, size_t *count);
void gvz_free(char *bytes);

/* What the library said since the last call of gvz_forget_messages: each message starts a line with
   "Error: " or "Warning: ". NULL when memory ran out, so that silence never passes for success. */
const char *gvz_messages(void);
void gvz_forget_messages(void);

#endif
