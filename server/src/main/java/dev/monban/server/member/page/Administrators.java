package dev.monban.server.member.page;

import dev.monban.server.account.Account;
import dev.monban.server.account.Present;
import dev.monban.server.factor.Proofs;
import dev.monban.server.platform.Browsers;
import dev.monban.server.platform.Database;
import dev.monban.server.platform.Handler;
import dev.monban.server.platform.Pages;
import dev.monban.server.platform.Problem;
import dev.monban.server.platform.Reply;
import dev.monban.server.platform.Request;
import dev.monban.server.tenant.Tenant;
import dev.monban.server.tenant.Tenants;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/**
 * Lets those in who look after an organisation: its people with the role {@code admin}, and
 * operators, who name the organisation. For everybody else there are no such pages.
 */
public final class Administrators {

    private final Database database;
    private final Present present;
    private final Tenants tenants;
    private final Proofs proofs;
    private final Pages pages;
    private final Browsers browsers;

    public Administrators(
            Database database,
            Present present,
            Tenants tenants,
            Proofs proofs,
            Pages pages,
            Browsers browsers) {
        this.database = database;
        this.present = present;
        this.tenants = tenants;
        this.proofs = proofs;
        this.pages = pages;
        this.browsers = browsers;
    }

    /**
     * Who looks after which organisation.
     *
     * @param named whether it is another than their own
     */
    record Office(Account administrator, Tenant tenant, boolean named) {

        /** What addresses carry so that the next page is about the same organisation. */
        String query() {
            return named ? "tenant=" + tenant.slug() : "";
        }
    }

    /** Answers somebody who looks after an organisation. */
    @FunctionalInterface
    interface Room {
        Reply handle(Request request, Office office);
    }

    /** For them only. */
    Handler only(Room room) {
        return pages.guarded(request -> {
            Optional<Present.Person> person = present.at(request);
            if (person.isEmpty()) {
                return Reply.seeOther("/login");
            }
            Account account = person.get().account();
            String asked = (request.isPost() ? request.form() : request.query()).text("tenant");
            Office office =
                    database.query(c -> office(c, account, asked)).orElseThrow(Problem::notFound);
            Optional<String> missing =
                    proofs.missing(account, person.get().session(), request.isPost());
            if (missing.isPresent()) {
                return Reply.seeOther(missing.get());
            }
            if (request.isPost()) {
                browsers.check(request);
            }
            return room.handle(request, office);
        });
    }

    private Optional<Office> office(Connection connection, Account account, String asked)
            throws SQLException {
        if (!asked.isEmpty() && tenants.isOperator(connection, account.id(), account.tenant())) {
            return tenants.bySlug(connection, asked)
                    .map(tenant ->
                            new Office(account, tenant, !tenant.id().equals(account.tenant())));
        }
        if (!tenants.isAdministrator(connection, account.id(), account.tenant())) {
            return Optional.empty();
        }
        return tenants.byId(connection, account.tenant())
                .filter(tenant -> asked.isEmpty() || tenant.slug().equals(asked))
                .map(tenant -> new Office(account, tenant, false));
    }
}
