/** The rows of the event log. */
@NullMarked
package dev.monban.server.audit.store;

import org.jspecify.annotations.NullMarked;
