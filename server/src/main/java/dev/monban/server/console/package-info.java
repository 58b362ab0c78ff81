/** What administrators see: what happens at the door now, and what happened. */
@NullMarked
package dev.monban.server.console;

import org.jspecify.annotations.NullMarked;
