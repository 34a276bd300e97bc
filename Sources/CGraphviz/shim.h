#ifndef CHOKEPOINT_CGRAPHVIZ_H
#define CHOKEPOINT_CGRAPHVIZ_H

#include <gvc.h>
#include <cgraph.h>

#endif
