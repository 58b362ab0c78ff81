/** Pages where people add and remove factors. */
@NullMarked
package dev.monban.server.factor.page;

import org.jspecify.annotations.NullMarked;
