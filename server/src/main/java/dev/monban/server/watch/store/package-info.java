/** The rows of the log of attempts. */
@NullMarked
package dev.monban.server.watch.store;

import org.jspecify.annotations.NullMarked;
