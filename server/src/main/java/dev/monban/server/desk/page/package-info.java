/** The pages of the desk. */
@NullMarked
package dev.monban.server.desk.page;

import org.jspecify.annotations.NullMarked;
