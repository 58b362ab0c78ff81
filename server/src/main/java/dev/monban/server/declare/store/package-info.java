/** The rows that say which declared state was applied. */
@NullMarked
package dev.monban.server.declare.store;

import org.jspecify.annotations.NullMarked;
