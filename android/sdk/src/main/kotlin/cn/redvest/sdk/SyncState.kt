package cn.redvest.sdk

import cn.redvest.core.Phase
import cn.redvest.core.SessionRow
import cn.redvest.core.Summary

/** Where syncing stands, for a screen. */
public sealed interface SyncState {
    /** No sync was begun since the device was opened. */
    public data object Idle : SyncState

    /**
     * A sync runs.
     *
     * @property phase what it is at.
     * @property done what it did so far.
     * @property bytesUp bytes of bodies sent so far.
     * @property bytesDown bytes of bodies received so far.
     * @property startedMs when it began, in milliseconds since 1970 by this device's clock; with the bytes it gives the
     * speed.
     */
    public data class Running(
        val phase: Phase,
        val done: Summary,
        val bytesUp: Long,
        val bytesDown: Long,
        val startedMs: Long,
    ) : SyncState

    /**
     * The last sync is over. A network or a hub that does not work ends it like this: `failure` in the summary says so,
     * and `retryAt` when to try again.
     *
     * @property summary what it did.
     */
    public data class Over(val summary: Summary) : SyncState

    /**
     * The last sync could not go on because of this device itself.
     *
     * @property failure why.
     */
    public data class Failed(val failure: RedVestFailure) : SyncState
}

/**
 * How the last syncs ended; instants in milliseconds since 1970 by this device's clock.
 *
 * @property endedMs when the last one ended that was not cancelled; nothing before the first.
 * @property failures how many in a row have failed up to now.
 * @property retryAtMs before when not to try again by oneself, after a failure.
 * @property askedUntilMs before when the hub asked not to be called at all.
 */
public data class SyncHistory(
    val endedMs: Long? = null,
    val failures: Int = 0,
    val retryAtMs: Long? = null,
    val askedUntilMs: Long? = null,
) {
    /** From when on another sync is in order: [atOnce] counts what the hub asked for alone. */
    internal fun allowedFrom(atOnce: Boolean): Long =
        maxOf(askedUntilMs ?: 0, if (atOnce) 0 else retryAtMs ?: 0)

    /** Constants and construction. */
    public companion object {
        /** The code of a failure that nobody but this device caused: it says nothing about the network. */
        private const val CANCELLED = "cancelled"

        /** What the device's list of [sessions], the newest first, says at [nowMs]. */
        public fun of(sessions: List<SessionRow>, nowMs: Long): SyncHistory {
            val ended = sessions.mapNotNull { row -> row.ended?.let { at -> at to row.result } }
                .filter { (_, summary) -> summary?.failure?.code != CANCELLED }
            val (endedMs, summary) = ended.firstOrNull() ?: return SyncHistory()
            // A clock that was set back says nothing about how long ago something was.
            if (endedMs > nowMs) return SyncHistory()
            val failures = ended.takeWhile { (_, each) -> each?.failure != null }.size
            val asked = summary?.failure?.retryAfter?.let { endedMs + it.toLong() * 1_000 }
            return SyncHistory(endedMs, failures, summary?.retryAt, asked)
        }
    }
}
