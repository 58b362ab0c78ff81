/** The tables of the schema {@code factor}. */
@NullMarked
package dev.monban.server.factor.store;

import org.jspecify.annotations.NullMarked;
