/** The log of what was done: sessions, tokens, administrative acts. Append-only. */
@NullMarked
package dev.monban.server.audit;

import org.jspecify.annotations.NullMarked;
