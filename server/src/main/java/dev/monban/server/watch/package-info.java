/** Records each try at the door. */
@NullMarked
package dev.monban.server.watch;

import org.jspecify.annotations.NullMarked;
