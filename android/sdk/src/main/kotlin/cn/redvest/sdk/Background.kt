package cn.redvest.sdk

import cn.redvest.core.Summary
import kotlinx.coroutines.flow.first

/** What an app implements with the platform's JobScheduler and its foreground service. */
public fun interface Scheduler {
    /** Sees to it that [Background.run] is called then, in place of what was scheduled before. Called on any thread. */
    public fun schedule(wake: Wake)
}

/**
 * Syncing in the background: what a job, the service of a shift, a change of the network and a finished report call.
 *
 * @param conditions asked anew for every decision.
 */
public class Background(
    private val redVest: RedVest,
    private val scheduler: Scheduler,
    private val conditions: () -> Conditions,
    private val nowMs: () -> Long = System::currentTimeMillis,
) {
    /**
     * Looks what there is to do, does it, and schedules the next look; before a sync too, in case that this process ends
     * in the middle. Gives what the sync did, or nothing if none was due. A sync that runs already is waited for, so that
     * the phone stays awake for it as long as for one of its own.
     *
     * @param urgent whether an urgent ticket was just made.
     */
    public suspend fun run(urgent: Boolean = false): Summary? {
        val plan = BackgroundPolicy.decide(look(urgent))
        scheduler.schedule(plan.wake)
        val summary = plan.sync?.let { redVest.sync(it, atOnce = urgent) }
        if (summary == null) {
            redVest.sync.first { it !is SyncState.Running }
            return null
        }
        // An urgent ticket that did not get through stays urgent.
        scheduler.schedule(BackgroundPolicy.decide(look(urgent && summary.failure != null)).wake)
        return summary
    }

    private suspend fun look(urgent: Boolean): Situation {
        val now = nowMs()
        return redVest.ask {
            Situation(
                nowMs = now,
                enrolled = account() != null,
                conditions = conditions(),
                waiting = Waiting.of(queue()),
                history = SyncHistory.of(sessions(), now),
                urgent = urgent,
                syncing = redVest.sync.value is SyncState.Running,
            )
        }
    }
}
