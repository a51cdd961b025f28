import { longestWait } from "../outbox/longest-wait.js";
import { slotsPerSegment } from "./schema.js";
import { segmentSeparatorSql, separatorSql } from "./stored-record.js";

/**
 * Everything that is asked of the database, as texts for one schema. Each is one statement, and so one transaction where
 * it does not stand in another. `$1` is the time where a statement needs it: NULL for the database's clock, which is the
 * same for all machines. Times go in and out as differences from it, but for those of parcels that are moved. Numbers come
 * out as texts, since how a client reads large ones is its own affair.
 */
export function statementsFor(schema: string) {
  const clock = `clock AS MATERIALIZED (
    SELECT coalesce($1::bigint, (extract(epoch FROM clock_timestamp()) * 1000)::bigint) AS now)`;

  /** Whether a parcel of this id is there still, alone or in its segment. */
  const waits = (parcel: string) => `EXISTS (
    SELECT FROM ${schema}.segments w
    WHERE w.id IN (${parcel}, ${parcel} - ${parcel} % ${slotsPerSegment}) AND w.id + w.slots > ${parcel})`;

  /** Whether a parcel of this key lies among the arrivals: for statements in which `$10` says whether that counts. */
  const arrived = (key: string) => `($10 AND EXISTS (SELECT FROM ${schema}.arrivals a WHERE a.key = ${key}))`;

  /** How many segments, in this order, hold as many parcels as wanted. Looks without a lock. */
  const covering = (condition: string, wanted: string) => `(
    SELECT count(*) FROM (
      SELECT sum(parcels) OVER (ORDER BY due_at, id) - parcels AS before FROM (
        SELECT due_at, id, parcels FROM ${schema}.segments
        WHERE destination = $2 AND ${condition} ORDER BY due_at, id LIMIT greatest(${wanted}, 0)) looked) summed
    WHERE before < ${wanted})`;

  /** Locked, so that nobody else is given them; what others have locked is passed over. */
  const locked = (condition: string, wanted: string) => `
    SELECT id, due_at, parcels FROM ${schema}.segments
    WHERE destination = $2 AND ${condition} ORDER BY due_at, id LIMIT ${covering(condition, wanted)}
    FOR UPDATE SKIP LOCKED`;

  const returned = "due_at > 0 AND due_at <= (SELECT until FROM horizon)";
  const stranded = "due_at > (SELECT beyond FROM horizon)";
  const untouched = "due_at = 0 AND 0 <= (SELECT until FROM horizon)";

  /**
   * The first line of a record as JSON, without what is escaped in its texts: a text of PostgreSQL holds no NUL and no half
   * of a character, however it is written.
   */
  const headOf = (record: string) => `regexp_replace(split_part(${record}, E'\\n', 1), E'\\\\\\\\.', '', 'g')::json`;

  const mayRead = "current_setting('transaction_isolation') <> 'serializable'";

  /** Dead letters of a filter: `$1` a destination, `$2` a reason, or NULL. */
  const fits = "($1::text IS NULL OR destination = $1) AND ($2::text IS NULL OR reason = $2)";

  return {
    taker: `SELECT nextval('${schema}.takers')::text AS taker`,

    /**
     * Positions, from 1, of keys `$2` that are duplicates, and of once `$3` that are known. `$5`: of arrivals too.
     * A serialisable transaction of a caller's reads nothing: any two that read here and write would be held to collide.
     */
    known: `WITH ${clock}
      SELECT
        (SELECT coalesce(sum(number), 0)::text FROM ${schema}.counts WHERE what = 'waiting' AND ${mayRead}) AS waiting,
        (SELECT string_agg(n::text, ',') FROM unnest($2::uuid[]) WITH ORDINALITY AS given (key, n)
          WHERE ${mayRead} AND (
            EXISTS (SELECT FROM ${schema}.seen s WHERE s.key = given.key
              AND (s.added_at > (SELECT now FROM clock) - $4::bigint OR ${waits("s.parcel")}))
            OR $5 AND EXISTS (SELECT FROM ${schema}.arrivals a WHERE a.key = given.key))) AS keys,
        (SELECT string_agg(n::text, ',') FROM unnest($3::uuid[]) WITH ORDINALITY AS given (key, n)
          WHERE ${mayRead} AND (
            EXISTS (SELECT FROM ${schema}.once o WHERE o.key = given.key)
            OR $5 AND EXISTS (SELECT FROM ${schema}.arrivals a WHERE a.once = given.key))) AS once`,

    /**
     * Keeps parcels as segments, all or none: at most `$8` wait then. Of each: key `$2`, place `$3` (number of its segment,
     * from 1, times the slots, plus its place). Of each segment: records `$4`, destination `$5`, due time `$6` (0: never
     * taken), attempts `$7`. `$9` is the window, `$10` whether arrivals count. Of what is once for ever, in order: key
     * `$11` and position `$12`. Keys go in in one order, so that two that add the same do not wait for each other in turn.
     * A key that another put in meanwhile is a duplicate: its parcel is not seen here yet. Nothing is claimed for a parcel that
     * has arrived: it would be taken for the second of its own.
     */
    insert: `WITH ${clock},
      room AS MATERIALIZED (
        SELECT waiting, waiting + cardinality($2::uuid[]) <= $8::bigint AS enough
        FROM (SELECT coalesce(sum(number), 0) AS waiting FROM ${schema}.counts WHERE what = 'waiting') counted),
      ids AS MATERIALIZED (SELECT array_agg(nextval('${schema}.segment_ids')) AS ids FROM unnest($5::text[])),
      given AS MATERIALIZED (
        SELECT key, n, place / ${slotsPerSegment} AS segment,
          (SELECT ids FROM ids)[place / ${slotsPerSegment}] + place % ${slotsPerSegment} AS parcel
        FROM ROWS FROM (unnest($2::uuid[]), unnest($3::int[]), generate_series(1, cardinality($2::uuid[])))
          AS given (key, place, n)
        WHERE (SELECT enough FROM room)),
      once AS MATERIALIZED (
        SELECT nextval('${schema}.once_ids') AS id, key, n FROM (
          SELECT once.key, n FROM unnest($11::uuid[], $12::int[]) WITH ORDINALITY AS once (key, n, turn)
          JOIN given USING (n) WHERE NOT ${arrived("given.key")} ORDER BY turn) claims),
      claimed AS (
        INSERT INTO ${schema}.once (id, key) SELECT id, key FROM once ORDER BY key
        ON CONFLICT DO NOTHING RETURNING key),
      fresh AS (
        INSERT INTO ${schema}.seen AS s (key, added_at, look_at, parcel)
        SELECT key, now, now, parcel FROM given, clock
        WHERE n NOT IN (SELECT n FROM once WHERE key NOT IN (SELECT key FROM claimed))
          AND NOT ${arrived("given.key")}
        ORDER BY key
        ON CONFLICT (key) DO UPDATE
          SET added_at = excluded.added_at, look_at = excluded.look_at, parcel = excluded.parcel
          WHERE s.added_at <= excluded.added_at - $9::bigint AND NOT ${waits("s.parcel")}
            AND EXISTS (SELECT FROM ${schema}.seen b WHERE b.key = s.key AND b.parcel = s.parcel)
        RETURNING key),
      filled AS (
        SELECT segment, count(*) AS slots, count(fresh.key) AS parcels,
          array_agg(fresh.key IS NOT NULL ORDER BY n) AS places
        FROM given LEFT JOIN fresh USING (key) GROUP BY segment HAVING count(fresh.key) > 0),
      kept AS (
        INSERT INTO ${schema}.segments (id, destination, due_at, attempts, taker, slots, parcels, records)
        SELECT (SELECT ids FROM ids)[segment], ($5::text[])[segment],
          ($6::bigint[])[segment], ($7::int[])[segment], 0, slots, parcels,
          CASE WHEN slots = parcels THEN records ELSE (
            SELECT string_agg(CASE WHEN places[place] THEN record ELSE '' END, ${separatorSql} ORDER BY place)
            FROM string_to_table(records, ${separatorSql}) WITH ORDINALITY AS each (record, place)) END
        FROM filled JOIN string_to_table($4, ${segmentSeparatorSql}) WITH ORDINALITY AS texts (records, segment)
          USING (segment)
        RETURNING destination, parcels),
      counted AS (
        INSERT INTO ${schema}.counts
        SELECT 'waiting', destination, sum(parcels) FROM kept GROUP BY destination)
      SELECT waiting::text, enough,
        (SELECT string_agg(n::text, ',') FROM given WHERE key NOT IN (SELECT key FROM fresh)) AS duplicates
      FROM room`,

    /** Lets the oldest go, beyond `$1`. Numbers are skipped now and then, so that it may be a few too many. */
    trimOnce: `DELETE FROM ${schema}.once WHERE id <= (SELECT max(id) FROM ${schema}.once) - $1::bigint`,

    /** In a transaction of somebody else's: waits for nobody, and nobody for it. */
    arrive: `WITH
      kept AS (
        INSERT INTO ${schema}.arrivals (key, once, destination, record)
        SELECT key, once, destination, record
        FROM ROWS FROM (unnest($1::uuid[]), unnest($2::uuid[]), unnest($3::text[]), string_to_table($4, ${separatorSql}))
          WITH ORDINALITY AS given (key, once, destination, record, n)
        ORDER BY n RETURNING destination),
      counted AS (
        INSERT INTO ${schema}.counts SELECT 'waiting', destination, count(*) FROM kept GROUP BY destination)
      SELECT pg_notify($5, '')`,

    /**
     * Some of what arrived, to be kept as segments in the same transaction. Of several that come at once the others wait
     * for the first: then they find its segments.
     */
    leaveArrivals: `WITH
      gone AS (
        DELETE FROM ${schema}.arrivals
        WHERE id IN (SELECT id FROM ${schema}.arrivals ORDER BY id LIMIT $1::int FOR UPDATE)
        RETURNING *),
      counted AS (
        INSERT INTO ${schema}.counts SELECT 'waiting', destination, -count(*) FROM gone GROUP BY destination)
      SELECT key::text, once::text, destination, record FROM gone ORDER BY id`,

    /**
     * Leases parcels of destination `$2`, up to `$3`, for `$4` ms to taker `$5`. `$6`: whether due or not, and paused or
     * not. `$7`: also while others' arrivals are not segments yet. Every row tells the state, and a segment if there is
     * one. When not even the first has room, `too_large` is its id. What was taken, put off or paused under a clock that
     * has been set back since waits no longer.
     */
    take: `WITH ${clock},
      state AS MATERIALIZED (
        SELECT now, EXISTS (SELECT FROM ${schema}.arrivals) AND NOT $7 AS arrived,
          (SELECT until FROM ${schema}.pauses
            WHERE destination = $2 AND until > now AND until <= now + ${longestWait} AND NOT $6) AS paused_until
        FROM clock),
      horizon AS MATERIALIZED (
        SELECT CASE WHEN closed THEN -1 WHEN $6 THEN ${Number.MAX_SAFE_INTEGER} ELSE now END AS until,
          CASE WHEN closed OR $6 THEN ${Number.MAX_SAFE_INTEGER}
            ELSE now + greatest($4::bigint, ${longestWait}) END AS beyond
        FROM (SELECT now, arrived OR paused_until IS NOT NULL AS closed FROM state) state),
      late AS MATERIALIZED (${locked(stranded, "$3::int")}),
      back AS MATERIALIZED (${locked(returned, "$3::int")}),
      fresh AS MATERIALIZED (
        ${locked(untouched, "$3::int - (SELECT coalesce(sum(parcels), 0) FROM back)")}),
      ranked AS MATERIALIZED (
        SELECT id, due_at, parcels, row_number() OVER turn AS turn, sum(parcels) OVER turn AS upto
        FROM (SELECT *, 1 AS place FROM late UNION ALL SELECT *, 2 FROM back UNION ALL SELECT *, 3 FROM fresh) due
        WINDOW turn AS (ORDER BY place, due_at, id)),
      leased AS (
        UPDATE ${schema}.segments s SET due_at = now + $4::bigint, taker = $5::bigint FROM ranked, clock
        WHERE s.id = ranked.id AND upto <= $3::int
        RETURNING s.id, turn, ranked.due_at, s.attempts, s.records),
      told AS MATERIALIZED (
        SELECT arrived, (paused_until - now)::text AS paused_for,
          (SELECT id::text FROM ranked WHERE turn = 1 AND parcels > $3::int) AS too_large,
          (CASE WHEN EXISTS (
              SELECT FROM ${schema}.segments
              WHERE destination = $2 AND due_at <= now AND id NOT IN (SELECT id FROM leased)) THEN 0
            WHEN EXISTS (
              SELECT FROM ${schema}.segments
              WHERE destination = $2 AND ${stranded} AND id NOT IN (SELECT id FROM leased)) THEN 0
            ELSE least(
              (SELECT min(due_at) FROM ${schema}.segments WHERE destination = $2 AND due_at > now) - now,
              (SELECT $4::bigint FROM leased LIMIT 1)) END)::text AS next_in
        FROM state)
      SELECT told.*, leased.id::text, leased.due_at::text, leased.attempts, leased.records
      FROM told LEFT JOIN leased ON true ORDER BY turn`,

    /** Makes a segment of each parcel of these segments. */
    split: `WITH whole AS (
        DELETE FROM ${schema}.segments WHERE id = ANY($1::bigint[]) AND slots > 1 RETURNING *)
      INSERT INTO ${schema}.segments (id, destination, due_at, attempts, taker, slots, parcels, records)
      SELECT id + n - 1, destination, due_at, attempts, taker, 1, 1, record
      FROM whole, string_to_table(records, ${separatorSql}) WITH ORDINALITY AS places (record, n)
      WHERE record <> ''`,

    /**
     * Settles. Of each parcel: id `$2`, outcome `$3`, wait `$4` ms and attempts `$5` where it is tried again, taker `$6`,
     * reason `$7` and words `$8` where it is dead. Of each segment that they may be of: id `$9`, their number `$10`, and
     * what they have in common, `mixed` if nothing: `$11` to `$14` as `$3` to `$6`.
     * Only who has the lease may put back or bury; that a parcel was delivered is true whoever says it.
     * Gives the segments of which only some parcels were settled, or in several ways: these it leaves as they are. And those
     * that it saw, and that were gone when it had waited for them: what another made of them meanwhile it does not see.
     */
    settle: `WITH ${clock},
      groups AS (
        SELECT * FROM unnest($9::bigint[], $10::int[], $11::text[], $12::bigint[], $13::int[], $14::bigint[])
          AS groups (id, parcels, outcome, wait, attempts, taker)),
      before AS MATERIALIZED (
        SELECT s.id FROM ${schema}.segments s JOIN groups ON s.id = groups.id WHERE s.slots > 1),
      whole AS MATERIALIZED (
        SELECT s.id, groups.outcome, wait, groups.attempts, s.taker = groups.taker AS held,
          groups.parcels = s.parcels AND groups.outcome <> 'mixed' AS entire
        FROM ${schema}.segments s JOIN groups ON s.id = groups.id WHERE s.slots > 1 FOR UPDATE OF s),
      single AS MATERIALIZED (
        SELECT * FROM unnest($2::bigint[], $3::text[], $4::bigint[], $5::int[], $6::bigint[], $7::text[], $8::text[])
          WITH ORDINALITY AS single (id, outcome, wait, attempts, taker, reason, detail, n)
        WHERE id - id % ${slotsPerSegment} NOT IN (SELECT id FROM whole)),
      delivered AS (
        DELETE FROM ${schema}.segments s
        USING (SELECT id FROM whole WHERE entire AND outcome = 'delivered'
          UNION ALL SELECT id FROM single WHERE outcome = 'delivered') done
        WHERE s.id = done.id RETURNING s.destination, s.parcels),
      back AS (
        UPDATE ${schema}.segments s SET due_at = greatest(now + wait, 1), attempts = s.attempts + later.attempts
        FROM (SELECT id, wait, attempts, NULL AS taker FROM whole WHERE entire AND held AND outcome = 'retry'
          UNION ALL SELECT id, wait, attempts, taker FROM single WHERE outcome = 'retry') later, clock
        WHERE s.id = later.id AND s.taker = coalesce(later.taker, s.taker)),
      buried AS (
        DELETE FROM ${schema}.segments s USING single
        WHERE s.id = single.id AND single.outcome = 'dead' AND s.taker = single.taker
        RETURNING n, s.destination, reason, detail, s.records),
      letters AS (
        INSERT INTO ${schema}.dead_letters (destination, reason, detail, died_at, expires_at, record)
        SELECT destination, reason, detail, now,
          coalesce(nullif((${headOf("records")} -> 3)::text, 'null')::float8, 'Infinity'), records
        FROM buried, clock ORDER BY n),
      counted AS (
        INSERT INTO ${schema}.counts
        SELECT 'waiting', destination, -sum(parcels)
        FROM (SELECT * FROM delivered UNION ALL SELECT destination, 1 FROM buried) gone GROUP BY destination
        UNION ALL SELECT 'dead', '', count(*) FROM buried HAVING count(*) > 0)
      SELECT (SELECT string_agg(id::text, ',') FROM before
          WHERE id NOT IN (SELECT id FROM whole WHERE entire)) AS partly,
        (SELECT count(*)::int FROM buried) AS buried`,

    waiting: `SELECT coalesce(sum(number), 0)::text AS number FROM ${schema}.counts
      WHERE what = 'waiting' AND ($1::text IS NULL OR destination = $1)`,

    /** A record of the segment that came first. `+ 0`: by due time is the way to few rows, not by id. */
    oldest: `SELECT (SELECT record FROM string_to_table(records, ${separatorSql}) AS record WHERE record <> '' LIMIT 1)
      FROM ${schema}.segments WHERE id = least(
        (SELECT min(id) FROM ${schema}.segments WHERE destination = $1 AND due_at = 0),
        (SELECT min(id + 0) FROM ${schema}.segments WHERE destination = $1 AND due_at > 0))`,

    arrived: `SELECT EXISTS (SELECT FROM ${schema}.arrivals) AS arrived`,

    destinations: `SELECT destination FROM ${schema}.counts WHERE what = 'waiting'
        GROUP BY destination HAVING sum(number) > 0
      UNION SELECT destination FROM ${schema}.dead_letters`,

    deadLetters: `SELECT l.id::text, destination, reason, detail, died_at::text, record FROM ${schema}.dead_letters l
      WHERE ${fits} AND l.id > $3::bigint ORDER BY l.id LIMIT $4::int`,

    lastDeadLetter: `SELECT coalesce(max(id), 0)::text AS id FROM ${schema}.dead_letters`,

    /** Takes out, to be kept as segments in the same transaction: those after `$3` and up to `$4`, at most `$5`, `$6`: now. */
    leaveDeadLetters: `WITH
      clock AS MATERIALIZED (
        SELECT coalesce($6::bigint, (extract(epoch FROM clock_timestamp()) * 1000)::bigint) AS now),
      gone AS (
        DELETE FROM ${schema}.dead_letters WHERE id IN (
          SELECT id FROM ${schema}.dead_letters
          WHERE ${fits} AND id > $3::bigint AND id <= $4::bigint AND expires_at > (SELECT now FROM clock)
          ORDER BY id LIMIT $5::int FOR UPDATE SKIP LOCKED)
        RETURNING id, destination, record),
      counted AS (
        INSERT INTO ${schema}.counts SELECT 'dead', '', -count(*) FROM gone HAVING count(*) > 0)
      SELECT id::text, destination, record FROM gone ORDER BY gone.id`,

    purge: `WITH gone AS (
        DELETE FROM ${schema}.dead_letters WHERE id IN (
          SELECT id FROM ${schema}.dead_letters WHERE ${fits} LIMIT $3::int FOR UPDATE SKIP LOCKED)
        RETURNING id),
      counted AS (
        INSERT INTO ${schema}.counts SELECT 'dead', '', -count(*) FROM gone HAVING count(*) > 0)
      SELECT count(*)::int AS number FROM gone`,

    dropDeadLetters: `WITH gone AS (DELETE FROM ${schema}.dead_letters WHERE id <= $1::bigint RETURNING id)
      INSERT INTO ${schema}.counts SELECT 'dead', '', -count(*) FROM gone HAVING count(*) > 0`,

    /** Lets the oldest go, beyond `$1`. */
    trimDeadLetters: `WITH gone AS (
        DELETE FROM ${schema}.dead_letters WHERE id IN (
          SELECT id FROM ${schema}.dead_letters ORDER BY id
          LIMIT greatest((SELECT sum(number) FROM ${schema}.counts WHERE what = 'dead') - $1::bigint, 0)
          FOR UPDATE SKIP LOCKED)
        RETURNING id)
      INSERT INTO ${schema}.counts SELECT 'dead', '', -count(*) FROM gone HAVING count(*) > 0`,

    adoptDeadLetters: `WITH kept AS (
        INSERT INTO ${schema}.dead_letters (destination, reason, detail, died_at, expires_at, record)
        SELECT destination, reason, detail, died_at, expires_at, record
        FROM ROWS FROM (unnest($1::text[]), unnest($2::text[]), unnest($3::text[]), unnest($4::bigint[]),
            unnest($5::float8[]), string_to_table($6, ${separatorSql}))
          WITH ORDINALITY AS given (destination, reason, detail, died_at, expires_at, record, n)
        ORDER BY n RETURNING id)
      INSERT INTO ${schema}.counts SELECT 'dead', '', count(*) FROM kept HAVING count(*) > 0`,

    onceKeys: `SELECT o.id::text, o.key::text FROM ${schema}.once o WHERE o.id > $1::bigint ORDER BY o.id LIMIT $2::int`,

    adoptOnceKeys: `INSERT INTO ${schema}.once (key)
      SELECT key FROM unnest($1::uuid[]) AS given (key)
      WHERE NOT EXISTS (SELECT FROM ${schema}.once o WHERE o.key = given.key)
      ORDER BY key ON CONFLICT DO NOTHING`,

    pause: `WITH ${clock}
      INSERT INTO ${schema}.pauses AS p (destination, until) SELECT $2, now + $3::bigint FROM clock
      ON CONFLICT (destination) DO UPDATE SET until = greatest(p.until, excluded.until)`,

    lockShared: "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))",

    shared: `SELECT member FROM ${schema}.shared WHERE name = $1`,

    share: `INSERT INTO ${schema}.shared (name, member)
      SELECT $1, member FROM unnest($2::text[]) WITH ORDINALITY AS given (member, n)
      WHERE NOT EXISTS (SELECT FROM ${schema}.shared s WHERE s.name = $1 AND s.member = given.member)
      ORDER BY n LIMIT greatest($3::int - (SELECT count(*) FROM ${schema}.shared WHERE name = $1), 0)`,

    /**
     * A small step: forgets keys that are past the window `$2`, at most `$3`. Those that wait still are looked at later.
     * Pauses that are over go too.
     */
    forget: `WITH ${clock},
      ended AS (
        DELETE FROM ${schema}.pauses USING clock WHERE until <= now OR until > now + ${longestWait}),
      old AS MATERIALIZED (
        SELECT key, ${waits("parcel")} AS waits FROM ${schema}.seen
        WHERE look_at <= (SELECT now FROM clock) - $2::bigint ORDER BY look_at LIMIT $3::int FOR UPDATE SKIP LOCKED),
      later AS (
        UPDATE ${schema}.seen s SET look_at = now FROM old, clock WHERE s.key = old.key AND waits),
      gone AS (
        DELETE FROM ${schema}.seen s USING old WHERE s.key = old.key AND NOT waits)
      SELECT count(*)::int AS number FROM old`,

    /** Puts the differences of counts together. */
    sumCounts: `WITH gone AS (
        DELETE FROM ${schema}.counts
        WHERE ctid = ANY (ARRAY(SELECT ctid FROM ${schema}.counts LIMIT 10000 FOR UPDATE SKIP LOCKED))
        RETURNING *)
      INSERT INTO ${schema}.counts
      SELECT what, destination, sum(number) FROM gone GROUP BY what, destination HAVING sum(number) <> 0`,

    notify: "SELECT pg_notify($1, $2)",
  };
}

/** The texts for one schema. */
export type Statements = ReturnType<typeof statementsFor>;
