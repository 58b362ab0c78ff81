/** Which passwords may be chosen. */
@NullMarked
package dev.monban.core.password;

import org.jspecify.annotations.NullMarked;
