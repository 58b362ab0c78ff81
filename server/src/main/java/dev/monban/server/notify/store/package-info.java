/** The rows of the outbox. */
@NullMarked
package dev.monban.server.notify.store;

import org.jspecify.annotations.NullMarked;
