package dev.monban.core.trouble;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class NamesTest {

    @Test
    void slipsAreCounted() {
        assertEquals(0, Names.distance("sato@a.example", "sato@a.example"));
        assertEquals(1, Names.distance("sato@a.example", "saot@a.example"));
        assertEquals(1, Names.distance("sato@a.example", "satoo@a.example"));
        assertEquals(2, Names.distance("sato@a.example", "saito@b.example"));
        assertTrue(Names.distance("sato@a.example", "tanaka@a.example") > 2);
    }

    /** What is typed as a login name may be a password. */
    @Test
    void aPasswordIsNoName() {
        assertTrue(Names.isLike("anybody@agency.example", "sato@agency.example"));
        assertTrue(Names.isLike("sato@agncy.example", "sato@agency.example"));
        assertFalse(Names.isLike("p@ssw0rd2026", "sato@agency.example"));
        assertFalse(Names.isLike("@agency.example", "sato@agency.example"));
        assertFalse(Names.isLike("summer2026", "sato"));
        assertFalse(Names.isLike("", "sato@agency.example"));
    }
}
