package dev.monban.server.platform;

import java.sql.SQLException;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;

/** Gives each migration its time limits, at the beginning of its transaction. */
record MigrationLimits(TimeLimits limits) implements Callback {

    @Override
    public boolean supports(Event event, Context context) {
        return event == Event.BEFORE_EACH_MIGRATE;
    }

    @Override
    public boolean canHandleInTransaction(Event event, Context context) {
        return true;
    }

    @Override
    public void handle(Event event, Context context) {
        try {
            limits.begin(context.getConnection());
        } catch (SQLException e) {
            throw new IllegalStateException("the limits of a migration cannot be set", e);
        }
    }

    @Override
    public String getCallbackName() {
        return "time limits";
    }
}
