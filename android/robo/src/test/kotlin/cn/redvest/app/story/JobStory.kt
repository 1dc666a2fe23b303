package cn.redvest.app.story

import android.app.Notification
import android.app.Service
import android.app.job.IJobCallback
import android.app.job.IJobService
import android.app.job.JobInfo
import android.app.job.JobParameters
import android.app.job.JobScheduler
import android.app.job.JobWorkItem
import android.content.Intent
import android.os.PersistableBundle
import cn.redvest.app.background.DutyService
import cn.redvest.app.background.PhoneScheduler
import cn.redvest.app.background.SyncJob
import cn.redvest.core.fileVault
import cn.redvest.sdk.RedVest
import cn.redvest.sdk.RedVestFailure
import cn.redvest.sdk.SyncState
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNotSame
import org.junit.Assert.assertSame
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.shadows.ShadowLooper
import java.io.File

/** The system's side of jobs: it starts and stops them through the service's binder, and hears what they answer. */
private class Jobs : IJobCallback.Stub() {
    val service: SyncJob = Robolectric.buildService(SyncJob::class.java).create().get()
    private val binder = IJobService.Stub.asInterface(service.onBind(Intent()))

    /** What was answered, such as "start 1 true": work goes on, or "stop 1 true": it wants to be started again. */
    val heard = ArrayList<String>()

    private fun job(id: Int) = JobParameters(
        this, null, id, PersistableBundle(), null, null, 0, false, false, id == PhoneScheduler.TRANSFER, null, null, null,
    )

    fun start(id: Int) = binder.startJob(job(id)).also { ShadowLooper.idleMainLooper() }

    fun stop(id: Int) = binder.stopJob(job(id)).also { ShadowLooper.idleMainLooper() }

    /** Whether a job said that it is over, and then whether it wants to be started again. */
    fun over(): Boolean? = shadowOf(service).run { isRescheduleNeeded.takeIf { isJobFinished } }

    override fun acknowledgeStartMessage(jobId: Int, ongoing: Boolean) { heard += "start $jobId $ongoing" }
    override fun acknowledgeStopMessage(jobId: Int, reschedule: Boolean) { heard += "stop $jobId $reschedule" }
    override fun jobFinished(jobId: Int, reschedule: Boolean) = Unit
    override fun setNotification(jobId: Int, id: Int, notification: Notification?, policy: Int) = Unit
    override fun dequeueWork(jobId: Int): JobWorkItem? = null
    override fun completeWork(jobId: Int, workId: Int): Boolean = false
    override fun acknowledgeGetTransferredDownloadBytesMessage(jobId: Int, workId: Int, bytes: Long) = Unit
    override fun acknowledgeGetTransferredUploadBytesMessage(jobId: Int, workId: Int, bytes: Long) = Unit
    override fun updateEstimatedNetworkBytes(jobId: Int, item: JobWorkItem?, down: Long, up: Long) = Unit
    override fun updateTransferredNetworkBytes(jobId: Int, item: JobWorkItem?, down: Long, up: Long) = Unit
}

/** What the system starts while nobody looks: jobs, and the service of a shift. */
@RunWith(RobolectricTestRunner::class)
@Config(application = TestApp::class, qualifiers = "zh-rCN")
class JobStory : Story() {
    /** A phone with a report that waits, and no process: the system ended it a while ago. */
    private fun waiting() {
        enrolled("li")
        app.online(there = false)
        robot.core { core -> core.ask { reports(1, "滨江路") } }
        robot.end()
        app.online()
        app.ahead += 20 * 60_000
    }

    private fun events(): Int = robot.core { core -> core.ask { home().eventsWaiting.toInt() } }

    private fun syncing(): Boolean = robot.core { it.sync.value is SyncState.Running }

    private fun pending(id: Int): JobInfo? = app.getSystemService(JobScheduler::class.java)?.getPendingJob(id)

    @Test
    fun a_job_sends_what_waits_and_says_that_it_is_done() {
        waiting()
        val jobs = Jobs()
        jobs.start(PhoneScheduler.LOOK)
        assertEquals(listOf("start 1 true"), jobs.heard)
        assertFalse(robot.await("the end of the job") { jobs.over() })
        assertEquals(0, events())
        assertTrue("the hub has it", robot.core { core -> core.ask { mine(cn.redvest.core.Mine.REPORTED, null).rows.single().number.length > 10 } })
        assertTrue("a next one stands by", pending(PhoneScheduler.LOOK) != null)
    }

    @Test
    fun a_running_job_is_not_scheduled_anew_before_it_is_over() {
        waiting()
        val before = robot.await("a job that stands by") { pending(PhoneScheduler.LOOK) }
        world.fault("delay 500")
        val jobs = Jobs()
        jobs.start(PhoneScheduler.LOOK)
        robot.await("the sync") { true.takeIf { syncing() } }
        assertSame("the system would stop the job that runs", before, pending(PhoneScheduler.LOOK))
        robot.await("the end of the job") { jobs.over() }
        ShadowLooper.idleMainLooper()
        assertNotSame(before, pending(PhoneScheduler.LOOK))
    }

    @Test
    fun a_job_that_is_stopped_ends_its_sync_and_the_next_one_goes_on() {
        waiting()
        world.fault("delay 20000")
        val jobs = Jobs()
        jobs.start(PhoneScheduler.LOOK)
        robot.await("the sync") { true.takeIf { syncing() } }
        jobs.stop(PhoneScheduler.LOOK)
        assertEquals(listOf("start 1 true", "stop 1 true"), jobs.heard)
        val over = robot.await("the end of the sync") { robot.core { it.sync.value as? SyncState.Over } }
        assertEquals("cancelled", over.summary.failure?.code)
        assertEquals("a stopped job says nothing more", null, jobs.over())
        assertEquals(1, events())
        world.fault("none")
        app.ahead += 20 * 60_000
        val next = Jobs()
        next.start(PhoneScheduler.LOOK)
        assertFalse(robot.await("the end of the next job") { next.over() })
        assertEquals(0, events())
    }

    @Test
    fun a_sync_goes_on_while_another_job_or_a_shift_wants_it() {
        waiting()
        world.fault("delay 500")
        val jobs = Jobs()
        jobs.start(PhoneScheduler.LOOK)
        robot.await("the sync") { true.takeIf { syncing() } }
        jobs.start(PhoneScheduler.TRANSFER)
        robot.core { core -> core.ask { home() } }
        assertEquals("it waits for the sync too", null, jobs.over())
        jobs.stop(PhoneScheduler.LOOK)
        app.settings.onDuty = true
        jobs.stop(PhoneScheduler.TRANSFER)
        val over = robot.await("the end of the sync") { robot.core { it.sync.value as? SyncState.Over } }
        assertEquals(null, over.summary.failure)
        assertEquals(0, events())
    }

    @Test
    fun a_job_that_could_not_look_is_started_again() {
        waiting()
        // Another process has the data, as for a moment after an update of the app.
        val other = robot.await("the data, which the last look may still have") {
            robot.core { app.giveUp() }
            try {
                runBlocking { RedVest.open(File(app.noBackupFilesDir, "data"), fileVault(File(folder.root, "vault").path)) }
            } catch (_: RedVestFailure.Storage) {
                null
            }
        }
        val jobs = Jobs()
        jobs.start(PhoneScheduler.LOOK)
        assertTrue(robot.await("the end of the job") { jobs.over() })
        other.close()
        val next = Jobs()
        next.start(PhoneScheduler.LOOK)
        assertFalse(robot.await("the end of the next job") { next.over() })
        assertEquals(0, events())
    }

    @Test
    fun a_shift_goes_on_after_the_end_of_the_process_and_ends_with_its_day() {
        waiting()
        app.settings.onDuty = true
        // The system starts it anew, with nothing to tell it.
        val service = Robolectric.buildService(DutyService::class.java).create().get()
        assertEquals(Service.START_STICKY, service.onStartCommand(null, 0, 1))
        assertEquals("在岗", shadowOf(service).lastForegroundNotification.extras.getString("android.title"))
        robot.await("the report to be sent") { true.takeIf { events() == 0 } }
        assertFalse(shadowOf(service).isStoppedBySelf)
        service.onTimeout(1, 0)
        assertTrue(shadowOf(service).isStoppedBySelf)
        assertTrue("the shift is not over for that", app.settings.onDuty)
        app.settings.onDuty = false
        val late = Robolectric.buildService(DutyService::class.java).create().get()
        late.onStartCommand(null, 0, 1)
        assertTrue("without a shift there is no service", shadowOf(late).isStoppedBySelf)
    }
}
