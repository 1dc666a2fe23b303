package cn.redvest.app.background

import android.app.Notification
import android.app.job.JobParameters
import android.app.job.JobService
import android.os.Build
import cn.redvest.app.App
import cn.redvest.app.R
import kotlinx.coroutines.Job
import kotlinx.coroutines.launch

/** Looks whether there is something to sync when the system lets the app: about every quarter of an hour. */
class SyncJob : JobService() {
    private val running = HashMap<Int, Job>()

    override fun onStartJob(params: JobParameters): Boolean {
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.UPSIDE_DOWN_CAKE && params.isUserInitiatedJob) {
            setNotification(params, TRANSFER_NOTICE, transferNotice(), JOB_END_NOTIFICATION_POLICY_REMOVE)
        }
        running[params.jobId] = (application as App).scope.launch {
            (application as App).look()
            running.remove(params.jobId)
            jobFinished(params, false)
        }
        return true
    }

    /** The system takes its time back: what was sent stays sent, and the next job goes on. */
    override fun onStopJob(params: JobParameters): Boolean {
        running.remove(params.jobId)?.cancel()
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
