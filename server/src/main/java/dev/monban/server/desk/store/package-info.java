/** The tables of the desk. */
@NullMarked
package dev.monban.server.desk.store;

import org.jspecify.annotations.NullMarked;
