/** Organisations and who belongs to them. */
@NullMarked
package dev.monban.server.tenant;

import org.jspecify.annotations.NullMarked;
