package cn.redvest.app.background

import android.app.Notification
import android.app.job.JobParameters
import android.app.job.JobService
import android.os.Build
import cn.redvest.app.App
import cn.redvest.app.R
import kotlinx.coroutines.Job
import kotlinx.coroutines.launch

/**
 * Looks whether there is something to sync when the system lets the app: about every quarter of an hour. Called on the
 * main thread alone.
 */
class SyncJob : JobService() {
    private val running = HashMap<Int, Job>()

    override fun onStartJob(params: JobParameters): Boolean {
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.UPSIDE_DOWN_CAKE && params.isUserInitiatedJob) {
            setNotification(params, TRANSFER_NOTICE, transferNotice(), JOB_END_NOTIFICATION_POLICY_REMOVE)
        }
        val app = application as App
        app.scheduler.began(params.jobId)
        running[params.jobId] = app.scope.launch {
            val looked = app.look()
            running.remove(params.jobId)
            // Who could not look, on a full disk for example, saw to no next look either: the system tries again.
            jobFinished(params, !looked)
            app.scheduler.ended(params.jobId)
        }
        return true
    }

    /** The system takes its time back: what was sent stays sent, and the next job goes on. */
    override fun onStopJob(params: JobParameters): Boolean {
        val app = application as App
        running.remove(params.jobId)?.cancel()
        app.scheduler.ended(params.jobId)
        // Others may want the sync to go on: another job, the user who looks on, a shift.
        if (running.isEmpty() && !app.isInFront && !app.settings.onDuty) app.endSync()
        return true
    }

    private fun transferNotice(): Notification = Channels.builder(this, Channels.SENDING)
        .setSmallIcon(R.drawable.ic_send)
        .setContentTitle(getString(R.string.sending_photos))
        .build()

    private companion object {
        const val TRANSFER_NOTICE = 2
    }
}
