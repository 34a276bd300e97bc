#ifndef CHOKEPOINT_CHIGHS_H
#define CHOKEPOINT_CHIGHS_H

#include <interfaces/highs_c_api.h>

#endif
