package cn.redvest.app

import android.app.Activity
import android.app.Application
import android.os.Bundle
import cn.redvest.app.background.Notices
import cn.redvest.app.background.PhoneConditions
import cn.redvest.app.background.PhoneScheduler
import cn.redvest.app.camera.Cameras
import cn.redvest.app.camera.PhoneCameras
import cn.redvest.app.keys.KeystoreVault
import cn.redvest.core.KeyVault
import cn.redvest.sdk.Background
import cn.redvest.sdk.RedVest
import cn.redvest.sdk.RedVestFailure
import java.io.File
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.launch
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock

/** What lives as long as the process: one open core, the background, one way to the camera, the user's settings. */
open class App : Application() {
    /** Work that no screen owns. */
    val scope: CoroutineScope = CoroutineScope(SupervisorJob() + Dispatchers.Main.immediate)

    /** How the app comes to a camera. */
    open val cameras: Cameras by lazy { PhoneCameras(this) }

    /** What the user set. */
    val settings: Settings by lazy { Settings(this) }

    /** Where the device's keys lie. */
    protected open fun vault(): KeyVault = KeystoreVault(File(noBackupFilesDir, "keys"))

    /** Milliseconds since 1970 in UTC. */
    open fun now(): Long = System.currentTimeMillis()

    /** One photo after the other goes to the core, whichever screen it was taken for. */
    val taking: Mutex = Mutex()

    /** One rectification after the other is kept, whichever screen asks. */
    val keeping: Mutex = Mutex()

    private val opening = Mutex()
    private var opened: RedVest? = null
    private var inFront = 0

    /** Whether the user looks at a screen of the app. */
    val isInFront: Boolean get() = inFront > 0

    /** The core, opened by whoever asks first. A failure, such as a full disk, is told to each who asks. */
    suspend fun redVest(): RedVest = opening.withLock {
        opened ?: RedVest.open(File(noBackupFilesDir, "data"), vault(), PhoneClock(this)).also { opened = it }
    }

    /**
     * Looks whether there is something to sync, does it, and sees to the next look. Says whether that was possible;
     * what failed is shown by the screen that asks next, since there is nobody here to tell.
     */
    suspend fun look(urgent: Boolean = false): Boolean = try {
        Background(redVest(), scheduler, conditions::now, ::now).run(urgent)
        Notices(this).tell()
        true
    } catch (_: RedVestFailure) {
        false
    }

    private val conditions by lazy { PhoneConditions(this) }

    /** What wakes the app. */
    val scheduler: PhoneScheduler by lazy { PhoneScheduler(this) }

    /** Ends a running sync; what was sent stays sent. */
    fun endSync() {
        scope.launch { opening.withLock { opened }?.cancelSync() }
    }

    /** What the network is like now. */
    fun network(): cn.redvest.sdk.Network = conditions.now().network

    override fun onCreate() {
        super.onCreate()
        registerActivityLifecycleCallbacks(Fronts())
    }

    private inner class Fronts : ActivityLifecycleCallbacks {
        override fun onActivityStarted(activity: Activity) {
            inFront += 1
            if (inFront == 1) scope.launch { look() }
        }

        override fun onActivityStopped(activity: Activity) {
            inFront -= 1
            if (inFront == 0) scope.launch { look() }
        }

        override fun onActivityCreated(activity: Activity, savedInstanceState: Bundle?) = Unit
        override fun onActivityResumed(activity: Activity) = Unit
        override fun onActivityPaused(activity: Activity) = Unit
        override fun onActivitySaveInstanceState(activity: Activity, outState: Bundle) = Unit
        override fun onActivityDestroyed(activity: Activity) = Unit
    }

    /** Gives the core up, as the system does when it ends the process; whoever asks next opens it again. */
    suspend fun giveUp(): Unit = opening.withLock {
        opened?.close()
        opened = null
    }
}
