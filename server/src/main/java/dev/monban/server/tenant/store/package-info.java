/** The rows of organisations and members. */
@NullMarked
package dev.monban.server.tenant.store;

import org.jspecify.annotations.NullMarked;
