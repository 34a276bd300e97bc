#pragma once

/// How often this process asked for memory so far.
unsigned long allocation_count(void);
