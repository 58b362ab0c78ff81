/** What the console reads. */
@NullMarked
package dev.monban.server.console.store;

import org.jspecify.annotations.NullMarked;
