/** The rows of sessions. */
@NullMarked
package dev.monban.server.session.store;

import org.jspecify.annotations.NullMarked;
