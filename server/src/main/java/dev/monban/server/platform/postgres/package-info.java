/** A PostgreSQL of Monban's own in the data folder, for whoever does not run one already. */
@NullMarked
package dev.monban.server.platform.postgres;

import org.jspecify.annotations.NullMarked;
