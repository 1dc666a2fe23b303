package cn.redvest.app.background

import android.app.AlarmManager
import android.app.job.JobInfo
import android.app.job.JobScheduler
import android.content.ComponentName
import android.os.Build
import android.os.Handler
import android.os.Looper
import android.os.PowerManager
import android.os.SystemClock
import cn.redvest.app.App
import cn.redvest.sdk.Scheduler
import cn.redvest.sdk.Wake
import kotlinx.coroutines.launch

/**
 * Wakes the app when the policy wants to look again. A shift's service and a screen in front keep the process alive, so
 * that an alarm of its own is enough; a job stands by in every case, in case that the process ends.
 *
 * Scheduling a job stops one that runs under the same number, so nothing is scheduled while one runs: the system itself
 * starts that one again if the process ends.
 */
class PhoneScheduler(private val app: App) : Scheduler {
    private val main = Handler(Looper.getMainLooper())
    private val alarm = AlarmManager.OnAlarmListener { lookAwake() }

    // Of the main thread, as all that follows.
    private val running = HashSet<Int>()
    private var later: Wake? = null

    override fun schedule(wake: Wake) {
        // Alarms belong to the main thread; the policy may ask from any.
        main.post { set(wake) }
    }

    /** A job runs; called on the main thread. */
    fun began(job: Int) {
        running += job
    }

    /** It ran, or was stopped; called on the main thread. */
    fun ended(job: Int) {
        running -= job
        val wanted = later.takeIf { running.isEmpty() } ?: return
        later = null
        set(wanted)
    }

    private fun set(wake: Wake) {
        if (running.isNotEmpty()) {
            later = wake
            return
        }
        val alarms = requireNotNull(app.getSystemService(AlarmManager::class.java)) { "every phone has this service" }
        val jobs = requireNotNull(app.getSystemService(JobScheduler::class.java)) { "every phone has this service" }
        alarms.cancel(alarm)
        when (wake) {
            Wake.Never -> jobs.cancel(LOOK)
            is Wake.Service -> {
                ring(alarms, wake.atMs)
                jobs.schedule(job(wake.atMs + SPARE, expedited = false))
            }
            is Wake.Job -> {
                if (app.isInFront) ring(alarms, wake.atMs)
                jobs.schedule(job(wake.atMs, wake.expedited))
            }
            is Wake.Transfer -> {
                jobs.schedule(job(app.now() + SPARE, expedited = false))
                if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.UPSIDE_DOWN_CAKE) jobs.schedule(transfer(wake))
            }
        }
    }

    private fun ring(alarms: AlarmManager, atMs: Long) {
        val at = SystemClock.elapsedRealtime() + maxOf(0, atMs - app.now())
        alarms.setWindow(AlarmManager.ELAPSED_REALTIME_WAKEUP, at, WINDOW, "redvest-look", alarm, main)
    }

    /** Looks, and keeps the processor awake for it, since the alarm itself does so no longer than this call. */
    private fun lookAwake() {
        val power = requireNotNull(app.getSystemService(PowerManager::class.java)) { "every phone has this service" }
        val lock = power.newWakeLock(PowerManager.PARTIAL_WAKE_LOCK, "redvest:sync")
        lock.acquire(LONGEST_AWAKE)
        app.scope.launch {
            try {
                app.look()
            } finally {
                if (lock.isHeld) lock.release()
            }
        }
    }

    private fun job(atMs: Long, expedited: Boolean): JobInfo {
        val job = JobInfo.Builder(LOOK, ComponentName(app, SyncJob::class.java))
            .setRequiredNetworkType(JobInfo.NETWORK_TYPE_ANY)
            .setPersisted(true)
        // An expedited job runs at once; the system takes no delay for it.
        if (expedited && Build.VERSION.SDK_INT >= Build.VERSION_CODES.S) job.setExpedited(true)
        else job.setMinimumLatency(maxOf(0, atMs - app.now()))
        return job.build()
    }

    private fun transfer(wake: Wake.Transfer): JobInfo =
        JobInfo.Builder(TRANSFER, ComponentName(app, SyncJob::class.java))
            .setUserInitiated(true)
            .setRequiredNetworkType(if (wake.unmetered) JobInfo.NETWORK_TYPE_UNMETERED else JobInfo.NETWORK_TYPE_ANY)
            .setEstimatedNetworkBytes(0, wake.bytesUp)
            .build()

    companion object {
        /** The job that looks. */
        const val LOOK: Int = 1

        /** The job that sends many photos at the user's wish. */
        const val TRANSFER: Int = 2

        /** How late a look may be for the phone's convenience, in ms. */
        private const val WINDOW = 20_000L

        /** How long after the look of a living process the job looks in its stead, in ms. */
        private const val SPARE = 15 * 60_000L

        /** How long the processor is kept awake for one sync at most, in ms. */
        private const val LONGEST_AWAKE = 3 * 60_000L
    }
}
