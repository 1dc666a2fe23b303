package cn.redvest.sdk

import cn.redvest.core.BlobRole
import cn.redvest.core.Queue
import cn.redvest.core.SessionOptions

/** The network that a phone has now. */
public enum class Network {
    /** None. */
    NONE,

    /** One that costs by the byte, such as a mobile one. */
    METERED,

    /** One that does not, such as most Wi-Fi. */
    UNMETERED,
}

/**
 * What only the platform knows.
 *
 * @property onDuty whether the user is on a shift.
 * @property inFront whether the user looks at the app.
 * @property network the network.
 * @property charging whether the phone is charging.
 * @property originalsOnMetered whether the user lets original photos go over a metered network.
 * @property transferJobs whether the platform has user-initiated transfer jobs: Android 14, API 34, and newer.
 */
public data class Conditions(
    val onDuty: Boolean,
    val inFront: Boolean,
    val network: Network,
    val charging: Boolean = false,
    val originalsOnMetered: Boolean = false,
    val transferJobs: Boolean = false,
)

/**
 * What waits to be sent.
 *
 * @property events events that wait to be sent or answered.
 * @property copyBytes bytes of thumbnails and copies for judging.
 * @property originalBytes bytes of original photos.
 */
public data class Waiting(val events: Long = 0, val copyBytes: Long = 0, val originalBytes: Long = 0) {
    /** Whether there is anything. */
    public val isAnything: Boolean get() = events > 0 || copyBytes > 0 || originalBytes > 0

    /** Reading. */
    public companion object {
        /** What the device's [queue] says. */
        public fun of(queue: Queue): Waiting {
            val (originals, copies) = queue.photos.partition { it.role == BlobRole.ORIGINAL }
            return Waiting(
                queue.eventsWaiting.toLong(),
                copies.sumOf { it.bytes.toLong() },
                originals.sumOf { it.bytes.toLong() },
            )
        }
    }
}

/**
 * All that a decision depends on.
 *
 * @property nowMs now, in milliseconds since 1970 by this device's clock.
 * @property enrolled whether the device is enrolled.
 * @property conditions what the platform says.
 * @property waiting what waits to be sent.
 * @property history how the last syncs ended.
 * @property urgent whether an urgent ticket waits to be sent.
 * @property syncing whether a sync runs.
 */
public data class Situation(
    val nowMs: Long,
    val enrolled: Boolean,
    val conditions: Conditions,
    val waiting: Waiting = Waiting(),
    val history: SyncHistory = SyncHistory(),
    val urgent: Boolean = false,
    val syncing: Boolean = false,
)

/** When the app is to look again. */
public sealed interface Wake {
    /** Not at all: the device is not enrolled. */
    public data object Never : Wake

    /**
     * The foreground service of a shift looks again.
     *
     * @property atMs when, in milliseconds since 1970.
     */
    public data class Service(val atMs: Long) : Wake

    /**
     * A job that needs any network.
     *
     * @property atMs not before, in milliseconds since 1970.
     * @property expedited whether it is urgent.
     */
    public data class Job(val atMs: Long, val expedited: Boolean) : Wake

    /**
     * A transfer job that the user started, as soon as there is a network for it.
     *
     * @property bytesUp about how many bytes it sends.
     * @property unmetered whether it has to wait for an unmetered network.
     */
    public data class Transfer(val bytesUp: Long, val unmetered: Boolean) : Wake
}

/**
 * What to do.
 *
 * @property sync the sync to begin now, if one is.
 * @property wake when to look again, also if this process dies in the meantime.
 */
public data class Plan(val sync: SessionOptions?, val wake: Wake)

/**
 * When a phone syncs, and what it sends: on a shift and with the app in front every minute, otherwise about every
 * fifteen; an urgent ticket at once; never before the hub allows it; original photos on an unmetered network alone unless
 * the user allows more. Pure: it asks no device, so an app of its own can be tested against it.
 */
public object BackgroundPolicy {
    /** On a shift, or in front, a sync follows the last one after so many milliseconds. */
    public const val MINUTE: Long = 60_000

    /** Otherwise after so many. */
    public const val QUARTER: Long = 15 * MINUTE

    /** With the app in front and events waiting, after so many. */
    public const val SOON: Long = 10_000

    /** From so many bytes of photos on, a transfer job of the user's own is worth its notification. */
    public const val MANY_BYTES: Long = 8L shl 20

    /** Decides. */
    public fun decide(situation: Situation): Plan {
        if (!situation.enrolled) return Plan(null, Wake.Never)
        val due = due(situation)
        val begins = situation.conditions.network != Network.NONE && !situation.syncing && due <= situation.nowMs
        if (!begins) return Plan(null, wake(situation, maxOf(due, situation.nowMs)))
        // While it runs, and if it dies, the next look is due as if it had ended now.
        val after = situation.copy(history = SyncHistory(situation.nowMs), urgent = false)
        return Plan(options(situation.conditions), wake(after, due(after)))
    }

    private fun options(conditions: Conditions): SessionOptions {
        val unmetered = conditions.network == Network.UNMETERED
        return syncOptions(
            originals = unmetered || conditions.originalsOnMetered,
            // Fetching ahead is for who is about to look, or for a phone that has power to spare.
            reviewCopies = unmetered && (conditions.onDuty || conditions.inFront || conditions.charging),
        )
    }

    private fun due(situation: Situation): Long {
        val conditions = situation.conditions
        // A clock that was set back says nothing about how long ago something was.
        val history = situation.history.takeUnless { (it.endedMs ?: 0) > situation.nowMs } ?: SyncHistory()
        val rhythm = when {
            situation.urgent -> 0
            conditions.inFront && situation.waiting.events > 0 -> SOON
            conditions.inFront || conditions.onDuty -> MINUTE
            else -> QUARTER
        }
        val regular = history.endedMs?.plus(rhythm) ?: situation.nowMs
        return maxOf(regular, history.allowedFrom(situation.urgent))
    }

    private fun wake(situation: Situation, atMs: Long): Wake {
        val (conditions, waiting) = situation.conditions to situation.waiting
        if (conditions.onDuty) return Wake.Service(atMs)
        val overAny = waiting.copyBytes + if (conditions.originalsOnMetered) waiting.originalBytes else 0
        val overAll = waiting.copyBytes + waiting.originalBytes
        // The platform only takes such a job from an app in front, and starts it at once: not while the hub asks to wait.
        val mayTransfer = conditions.transferJobs && conditions.inFront && isCalm(situation)
        return when {
            mayTransfer && overAny >= MANY_BYTES -> Wake.Transfer(overAny, unmetered = false)
            mayTransfer && overAll >= MANY_BYTES -> Wake.Transfer(overAll, unmetered = true)
            else -> Wake.Job(atMs, situation.urgent)
        }
    }

    /** Whether nothing asks for patience. */
    private fun isCalm(situation: Situation): Boolean = situation.history.allowedFrom(false) <= situation.nowMs
}
