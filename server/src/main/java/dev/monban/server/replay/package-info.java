/** Judges recorded attempts with the code that judges live ones; needs no server, no database. */
@NullMarked
package dev.monban.server.replay;

import org.jspecify.annotations.NullMarked;
