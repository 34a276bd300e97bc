#include "CGraphvizShim.h"

#include <cgraph.h>
#include <gvc.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct gvz_engine {
  GVC_t *context;
};

struct gvz_drawing {
  Agraph_t *graph;
  GVC_t *context;
  bool laid_out;
  Agiddisc_t ids;
  Agiodisc_t reader;
  Agdisc_t discipline;
};

/* Ids.

   The stock discipline uses the address of a name as its id, and the library orders subgraphs by id, so
   clusters would move with the heap. Here a named object gets 2, 4, 6 ... in order of first mention, and
   an unnamed one 1, 3, 5 ... */

typedef struct {
  Agraph_t *graph;
  char **names;
  size_t count, capacity;
  uint32_t *buckets; /* open addressing; position in `names` plus one, or zero */
  size_t bucket_count; /* a power of two, at least twice `count` */
  IDTYPE next_unnamed;
} id_table;

static size_t hash(const char *name) {
  uint64_t value = 14695981039346656037u; /* FNV-1a */
  for (; *name; name++) value = (value ^ (unsigned char)*name) * 1099511628211u;
  return (size_t)value;
}

static void *ids_open(Agraph_t *graph, Agdisc_t *discipline) {
  (void)discipline;
  id_table *table = calloc(1, sizeof *table);
  if (!table) return NULL;
  table->graph = graph;
  table->next_unnamed = 1;
  return table;
}

static bool make_room(id_table *table) {
  if (table->count == table->capacity) {
    size_t capacity = table->capacity ? 2 * table->capacity : 64;
    char **names = realloc(table->names, capacity * sizeof *names);
    if (!names) return false;
    table->names = names;
    table->capacity = capacity;
  }
  if (2 * (table->count + 1) > table->bucket_count) {
    size_t bucket_count = table->bucket_count ? 2 * table->bucket_count : 128;
    uint32_t *buckets = calloc(bucket_count, sizeof *buckets);
    if (!buckets) return false;
    for (size_t i = 0; i < table->count; i++) {
      size_t bucket = hash(table->names[i]) & (bucket_count - 1);
      while (buckets[bucket]) bucket = (bucket + 1) & (bucket_count - 1);
      buckets[bucket] = (uint32_t)(i + 1);
    }
    free(table->buckets);
    table->buckets = buckets;
    table->bucket_count = bucket_count;
  }
  return true;
}

static long ids_map(void *state, int kind, char *name, IDTYPE *id, int create) {
  (void)kind;
  id_table *table = state;
  *id = 0;
  if (!table) return 0;
  if (!name) {
    *id = table->next_unnamed;
    table->next_unnamed += 2;
    return 1;
  }
  if (!make_room(table)) return 0;
  size_t mask = table->bucket_count - 1;
  size_t bucket = hash(name) & mask;
  for (; table->buckets[bucket]; bucket = (bucket + 1) & mask) {
    uint32_t position = table->buckets[bucket];
    if (strcmp(table->names[position - 1], name) == 0) {
      *id = 2 * (IDTYPE)position;
      return 1;
    }
  }
  if (!create || table->count >= INT32_MAX) return create ? 0 : 1;
  /* The library looks for a flag in front of the characters of a name, so the copy must be its own. */
  char *copy = agstrdup(table->graph, name);
  if (!copy) return 0;
  table->names[table->count++] = copy;
  table->buckets[bucket] = (uint32_t)table->count;
  *id = 2 * (IDTYPE)table->count;
  return 1;
}

static long ids_alloc(void *state, int kind, IDTYPE id) {
  (void)state, (void)kind, (void)id;
  return 0;
}

static void ids_free(void *state, int kind, IDTYPE id) {
  (void)state, (void)kind, (void)id;
}

static char *ids_print(void *state, int kind, IDTYPE id) {
  (void)kind;
  id_table *table = state;
  if (!table || id == 0 || id % 2 != 0 || id / 2 > table->count) return NULL;
  return table->names[id / 2 - 1];
}

static void ids_close(void *state) {
  id_table *table = state;
  if (!table) return;
  free(table->names);
  free(table->buckets);
  free(table);
}

static void ids_register(void *state, int kind, void *object) {
  (void)state, (void)kind, (void)object;
}

/* Text */

typedef struct {
  const char *next;
  size_t left;
} text_source;

static int text_read(void *channel, char *buffer, int capacity) {
  text_source *source = channel;
  size_t count = capacity > 0 ? (size_t)capacity : 0;
  if (count > source->left) count = source->left;
  memcpy(buffer, source->next, count);
  source->next += count;
  source->left -= count;
  return (int)count;
}

/* Messages */

static char *messages;
static size_t messages_count, messages_capacity;
static bool messages_lost;

static void keep(const char *text, size_t count) {
  if (messages_count + count >= messages_capacity) {
    size_t capacity = 2 * (messages_count + count) + 256;
    char *larger = realloc(messages, capacity);
    if (!larger) {
      messages_lost = true;
      return;
    }
    messages = larger;
    messages_capacity = capacity;
  }
  memcpy(messages + messages_count, text, count);
  messages_count += count;
  messages[messages_count] = 0;
}

/* A message comes in pieces, the first of which is its level. */
static int take_message(char *piece) {
  bool starts = strcmp(piece, "Error") == 0 || strcmp(piece, "Warning") == 0;
  if (starts && messages_count > 0 && messages[messages_count - 1] != '\n') keep("\n", 1);
  keep(piece, strlen(piece));
  return 0;
}

const char *gvz_messages(void) {
  if (messages_lost) return NULL;
  return messages ? messages : "";
}

void gvz_forget_messages(void) {
  messages_count = 0;
  messages_lost = false;
  if (messages) messages[0] = 0;
  agreseterrors();
}

/* Life cycle */

gvz_engine *gvz_start(void) {
  gvz_engine *engine = calloc(1, sizeof *engine);
  if (!engine) return NULL;
  agseterr(AGWARN);
  agseterrf(take_message);
  /* GVBINDIR names a folder whose shared objects the library would load and run. */
  unsetenv("GVBINDIR");
  engine->context = gvContext();
  if (!engine->context) {
    free(engine);
    return NULL;
  }
  return engine;
}

void gvz_stop(gvz_engine *engine) {
  if (!engine) return;
  gvFreeContext(engine->context);
  free(engine);
}

gvz_drawing *gvz_read(gvz_engine *engine, const char *text, size_t count) {
  gvz_drawing *drawing = calloc(1, sizeof *drawing);
  if (!drawing) return NULL;
  drawing->context = engine->context;
  drawing->ids =
      (Agiddisc_t){ids_open, ids_map, ids_alloc, ids_free, ids_print, ids_close, ids_register};
  drawing->reader = AgIoDisc;
  drawing->reader.afread = text_read;
  drawing->discipline = (Agdisc_t){&AgMemDisc, &drawing->ids, &drawing->reader};
  text_source source = {text, count};
  drawing->graph = agread(&source, &drawing->discipline);
  if (!drawing->graph) {
    free(drawing);
    return NULL;
  }
  return drawing;
}

/* A second layout over a first one, or closing a graph that has one, crashes the library. */
static void forget_layout(gvz_drawing *drawing) {
  if (drawing->laid_out) gvFreeLayout(drawing->context, drawing->graph);
  drawing->laid_out = false;
}

void gvz_close(gvz_drawing *drawing) {
  if (!drawing) return;
  forget_layout(drawing);
  agclose(drawing->graph);
  free(drawing);
}

bool gvz_lay_out(gvz_drawing *drawing, const char *algorithm) {
  forget_layout(drawing);
  drawing->laid_out = gvLayout(drawing->context, drawing->graph, algorithm) == 0;
  return drawing->laid_out;
}

void gvz_bounds(const gvz_drawing *drawing, double corners[4]) {
  memset(corners, 0, 4 * sizeof *corners);
  if (!drawing->laid_out) return;
  boxf bounds = GD_bb(drawing->graph);
  corners[0] = bounds.LL.x;
  corners[1] = bounds.LL.y;
  corners[2] = bounds.UR.x;
  corners[3] = bounds.UR.y;
}

size_t gvz_node_boxes(const gvz_drawing *drawing, gvz_box *boxes, size_t capacity) {
  if (!drawing->laid_out) return 0;
  size_t count = 0;
  for (Agnode_t *node = agfstnode(drawing->graph); node; node = agnxtnode(drawing->graph, node)) {
    if (count < capacity) {
      pointf centre = ND_coord(node);
      boxes[count] = (gvz_box){centre.x, centre.y, 72 * ND_width(node), 72 * ND_height(node)};
    }
    count++;
  }
  return count;
}

bool gvz_render(gvz_drawing *drawing, const char *format, double dots_per_inch, char **bytes, size_t *count) {
  *bytes = NULL;
  *count = 0;
  if (!drawing->laid_out) return false;
  GD_drawing(drawing->graph)->dpi = dots_per_inch;
  unsigned length = 0;
  int status = gvRenderData(drawing->context, drawing->graph, format, bytes, &length);
  if (status != 0 || !*bytes) {
    gvz_free(*bytes);
    *bytes = NULL;
    return false;
  }
  *count = length;
  return true;
}

void gvz_free(char *bytes) {
  if (bytes) gvFreeRenderData(bytes);
}
