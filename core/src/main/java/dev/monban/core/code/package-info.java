/** How constants are found by the codes that stand in the log, in snapshots and in the database. */
@NullMarked
package dev.monban.core.code;

import org.jspecify.annotations.NullMarked;
