package cn.redvest.sdk

import cn.redvest.core.BlobRole
import cn.redvest.core.Failure
import cn.redvest.core.PhotosWaiting
import cn.redvest.core.Queue
import cn.redvest.core.SessionRow
import cn.redvest.core.Summary
import java.util.Random
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

/** What a phone decides, without a phone. */
class BackgroundPolicyTest {
    private val now = 1_800_000_000_000
    private val minute = BackgroundPolicy.MINUTE
    private val many = BackgroundPolicy.MANY_BYTES
    private val home = Conditions(onDuty = false, inFront = false, network = Network.UNMETERED)

    private fun ago(ms: Long) = SyncHistory(now - ms)

    private fun at(
        conditions: Conditions = home,
        history: SyncHistory = SyncHistory(),
        waiting: Waiting = Waiting(),
        urgent: Boolean = false,
        syncing: Boolean = false,
    ) = BackgroundPolicy.decide(Situation(now, true, conditions, waiting, history, urgent, syncing))

    @Test
    fun nobodyIsThereBeforeTheEnrolment() {
        assertEquals(Plan(null, Wake.Never), BackgroundPolicy.decide(Situation(now, false, home)))
    }

    @Test
    fun theRhythmFollowsTheShift() {
        // Conditions, how long ago the last sync was, whether another begins, and the wake that follows.
        val metered = home.copy(network = Network.METERED)
        val duty = home.copy(onDuty = true)
        val table = listOf(
            Triple(home, 15 * minute, true) to Wake.Job(now + 15 * minute, false),
            Triple(home, 14 * minute, false) to Wake.Job(now + minute, false),
            Triple(metered, 14 * minute, false) to Wake.Job(now + minute, false),
            Triple(duty, minute, true) to Wake.Service(now + minute),
            Triple(duty, minute - 1, false) to Wake.Service(now + 1),
            Triple(home.copy(inFront = true), minute, true) to Wake.Job(now + minute, false),
            Triple(duty.copy(network = Network.NONE), 2 * minute, false) to Wake.Service(now),
            Triple(home.copy(network = Network.NONE), 60 * minute, false) to Wake.Job(now, false),
        )
        for ((given, wake) in table) {
            val (conditions, ago, begins) = given
            val plan = at(conditions, ago(ago))
            assertEquals(begins, plan.sync != null, "$given")
            assertEquals(wake, plan.wake, "$given")
        }
        assertNotNull(at(home).sync) { "the first sync is due at once" }
        assertNull(at(home, syncing = true).sync)
        assertNotNull(at(home.copy(inFront = true), ago(BackgroundPolicy.SOON), Waiting(events = 1)).sync)
    }

    @Test
    fun anUrgentTicketGoesAtOnceUnlessTheHubAskedToWait() {
        val failed = SyncHistory(now - 1, failures = 3, retryAtMs = now + 10 * minute)
        assertNull(at(history = failed).sync)
        assertEquals(Wake.Job(now + 14 * minute + 60_000 - 1, false), at(history = failed).wake)
        assertNotNull(at(history = failed, urgent = true).sync)
        val asked = failed.copy(askedUntilMs = now + 2 * minute)
        assertEquals(Plan(null, Wake.Job(now + 2 * minute, true)), at(history = asked, urgent = true))
        val offline = at(home.copy(network = Network.NONE), ago(1), urgent = true)
        assertEquals(Plan(null, Wake.Job(now, true)), offline.copy(wake = (offline.wake as Wake.Job).copy(atMs = now)))
    }

    @Test
    fun originalsGoWhereTheyCostNothingOrTheUserLetsThem() {
        for (network in listOf(Network.METERED, Network.UNMETERED)) for (allowed in listOf(false, true)) {
            val options = checkNotNull(at(home.copy(network = network, originalsOnMetered = allowed)).sync)
            assertEquals(network == Network.UNMETERED || allowed, options.originals)
        }
        assertEquals(true, at(home.copy(charging = true)).sync?.reviewCopies)
        assertEquals(true, at(home.copy(onDuty = true)).sync?.reviewCopies)
        assertEquals(false, at(home).sync?.reviewCopies)
        assertEquals(false, at(home.copy(onDuty = true, network = Network.METERED)).sync?.reviewCopies)
    }

    @Test
    fun manyBytesAreATransferThatTheUserStarted() {
        val front = home.copy(inFront = true, transferJobs = true, network = Network.METERED)
        val copies = Waiting(copyBytes = many)
        val originals = Waiting(originalBytes = many)
        assertEquals(Wake.Transfer(many, unmetered = false), at(front, waiting = copies).wake)
        assertEquals(Wake.Transfer(many, unmetered = true), at(front, waiting = originals).wake)
        val allowed = front.copy(originalsOnMetered = true)
        assertEquals(Wake.Transfer(many, unmetered = false), at(allowed, waiting = originals).wake)
        assertTrue(at(front, waiting = Waiting(copyBytes = many - 1)).wake is Wake.Job)
        assertTrue(at(front.copy(transferJobs = false), waiting = copies).wake is Wake.Job)
        assertTrue(at(front.copy(inFront = false), waiting = copies).wake is Wake.Job)
        assertTrue(at(front.copy(onDuty = true), waiting = copies).wake is Wake.Service)
        val asked = SyncHistory(now - 1, 1, now + minute, now + minute)
        assertTrue(at(front, asked, copies).wake is Wake.Job)
    }

    @Test
    fun aClockThatWasSetBackStopsNothing() {
        val future = SyncHistory(now + 86_400_000, 1, now + 90_000_000, now + 90_000_000)
        assertNotNull(at(history = future).sync)
    }

    /** Whatever happens, something is due at a time that comes, and what must not happen does not. */
    @Test
    fun nobodyStaysSilentWhileSomethingWaits() {
        val random = Random(7)
        fun around(range: Long): Long = now - range + (random.nextDouble() * 2 * range).toLong()
        fun maybe(range: Long): Long? = if (random.nextBoolean()) around(range) else null
        repeat(20_000) {
            val conditions = Conditions(
                random.nextBoolean(), random.nextBoolean(), Network.entries[random.nextInt(3)],
                random.nextBoolean(), random.nextBoolean(), random.nextBoolean(),
            )
            val waiting = Waiting(random.nextInt(3).toLong(), random.nextInt(3) * many / 2, random.nextInt(3) * many / 2)
            val history = SyncHistory(maybe(40 * minute), random.nextInt(4), maybe(30 * minute), maybe(30 * minute))
            val situation = Situation(now, true, conditions, waiting, history, random.nextBoolean(), random.nextInt(4) == 0)
            val plan = BackgroundPolicy.decide(situation)
            val known = history.takeUnless { (it.endedMs ?: 0) > now } ?: SyncHistory()
            val barrier = maxOf(known.retryAtMs ?: 0, known.askedUntilMs ?: 0, now)
            when (val wake = plan.wake) {
                is Wake.Job -> assertTrue(wake.atMs in now..barrier + BackgroundPolicy.QUARTER, "$situation $plan")
                is Wake.Service -> assertTrue(wake.atMs in now..barrier + minute, "$situation $plan")
                is Wake.Transfer -> assertTrue(waiting.isAnything && conditions.inFront, "$situation $plan")
                Wake.Never -> error("$situation")
            }
            val sync = plan.sync ?: return@repeat
            assertTrue(conditions.network != Network.NONE && !situation.syncing && (known.askedUntilMs ?: 0) <= now)
            assertTrue(situation.urgent || (known.retryAtMs ?: 0) <= now)
            assertTrue(!sync.originals || conditions.network == Network.UNMETERED || conditions.originalsOnMetered)
        }
    }

    /** Who obeys its wakes gets everything out, whatever the network does. */
    @Test
    fun whoObeysItsWakesGetsEverythingOut() {
        for (seed in 0L until 200) {
            val random = Random(seed)
            var clock = now
            var waiting = Waiting(events = 3, copyBytes = 100, originalBytes = 1_000)
            var history = SyncHistory()
            var looks = 0
            while (waiting.isAnything) {
                assertTrue(looks++ < 500) { "seed $seed: $waiting" }
                val network = Network.entries[random.nextInt(3)]
                val plan = BackgroundPolicy.decide(Situation(clock, true, home.copy(network = network), waiting, history))
                plan.sync?.let { options ->
                    val fails = random.nextInt(3) == 0
                    val kept = if (options.originals) 0 else waiting.originalBytes
                    if (!fails) waiting = Waiting(originalBytes = kept)
                    history = SyncHistory(clock, if (fails) 1 else 0, if (fails) clock + random.nextInt(900_000) else null)
                }
                val after = BackgroundPolicy.decide(Situation(clock, true, home, waiting, history))
                val next = if (plan.sync == null) plan.wake else after.wake
                clock = maxOf(clock + 1_000, (next as Wake.Job).atMs)
            }
        }
    }

    private fun row(ended: Long?, failure: String? = null, retryAt: Long? = null, asked: UInt? = null) = SessionRow(
        0,
        now - 1,
        ended,
        Summary(
            0u, 0u, 0u, 0u, 0u, 0u, 0u, 0u, 0uL, 0u, 0u,
            failure?.let { Failure(it, "坏", "bad", asked) }, retryAt,
        ).takeIf { ended != null },
    )

    @Test
    fun theHistoryIsReadOffTheLastSyncs() {
        assertEquals(SyncHistory(), SyncHistory.of(emptyList(), now))
        assertEquals(SyncHistory(now - 5), SyncHistory.of(listOf(row(null), row(now - 5), row(now - 9, "busy")), now))
        val failed = listOf(row(now - 2, "busy", now + 7, 3u), row(now - 3, "unreachable"))
        val twice = listOf(row(now - 1, "cancelled")) + failed + row(now - 4)
        assertEquals(SyncHistory(now - 2, 2, now + 7, now + 2_998), SyncHistory.of(twice, now))
        assertEquals(SyncHistory(), SyncHistory.of(listOf(row(now + 1, "busy", now + 9)), now))
    }

    @Test
    fun whatWaitsIsCountedByWhatItCosts() {
        val photos = listOf(
            PhotosWaiting(BlobRole.THUMBNAIL, 1u, 10u), PhotosWaiting(BlobRole.REVIEW, 1u, 100u),
            PhotosWaiting(BlobRole.ORIGINAL, 1u, 1_000u),
        )
        assertEquals(Waiting(2, 110, 1_000), Waiting.of(Queue(2u, photos, emptyList(), 0u)))
    }
}
