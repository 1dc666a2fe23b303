package cn.redvest.app.enrol

import android.content.ClipboardManager
import android.content.Intent
import android.os.Build
import android.os.Bundle
import cn.redvest.app.MainActivity
import cn.redvest.app.Page
import cn.redvest.app.R
import cn.redvest.app.ui.Frame
import cn.redvest.sdk.RedVestFailure
import kotlinx.coroutines.Job
import kotlinx.coroutines.launch

/** Enrols this phone with a code: opened as a link, scanned, pasted or typed. */
class EnrolActivity : Page(), EnrolActs {
    private lateinit var frame: Frame
    private lateinit var view: EnrolView
    private var step: EnrolStep = EnrolStep.Ask
    private var asking: Job? = null

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        frame = Frame(ui, null, null)
        view = EnrolView(ui, this)
        setContentView(frame)
        show(EnrolStep.Ask)
        // A link asks once: after a rotation its code stands in the field, where the system put it back.
        if (savedInstanceState == null) link(intent)
    }

    override fun onNewIntent(intent: Intent) {
        super.onNewIntent(intent)
        link(intent)
    }

    private fun link(intent: Intent) {
        val code = intent.dataString ?: return
        view.code.setText(code)
        enrol(code)
    }

    override suspend fun follow() {
        // An answer may have come while the screen was away.
        if (step == EnrolStep.Ask && intent.dataString == null && app.redVest().ask { account() } != null && !again()) goHome()
    }

    /** Whether the user comes here although the phone is enrolled, since the hub no longer takes it. */
    private fun again() = intent.getBooleanExtra(AGAIN, false)

    private fun show(now: EnrolStep) {
        step = now
        frame.body(view.body(now))
        frame.foot(view.foot(now))
    }

    override fun scan() {
        startActivityForResult(Intent(this, ScanActivity::class.java), SCAN)
    }

    @Deprecated("Its replacement is no part of the framework.")
    override fun onActivityResult(requestCode: Int, resultCode: Int, data: Intent?) {
        val code = data?.getStringExtra(ScanActivity.CODE)
        if (requestCode != SCAN || resultCode != RESULT_OK || code == null) return
        view.code.setText(code)
        enrol(code)
    }

    override fun paste() {
        val clip = getSystemService(ClipboardManager::class.java)?.primaryClip
        val text = if (clip != null && clip.itemCount > 0) clip.getItemAt(0).coerceToText(this).toString().trim() else ""
        if (text.isEmpty()) show(EnrolStep.Failed(ui.say(R.string.nothing_to_paste), "nothing_to_paste"))
        else view.code.setText(text)
    }

    override fun enrol(code: String) {
        if (asking?.isActive == true) return
        show(EnrolStep.Busy)
        asking = scope.launch {
            try {
                val core = app.redVest()
                core.enrol(code.trim(), Build.MODEL.orEmpty().ifEmpty { "Android" })
                // The first page comes while the user looks at the first screen.
                app.scope.launch { app.look(urgent = true) }
                goHome()
            } catch (failure: RedVestFailure) {
                failed(failure)
            }
        }
    }

    private fun goHome() {
        startActivity(Intent(this, MainActivity::class.java).addFlags(Intent.FLAG_ACTIVITY_CLEAR_TOP))
        finish()
    }

    override fun failed(failure: RedVestFailure) {
        show(EnrolStep.Failed(ui.pick(failure.zh, failure.en), failure.code))
    }

    companion object {
        private const val SCAN = 31

        /** Says that the phone enrols although it was enrolled before. */
        const val AGAIN: String = "again"
    }
}
