package cn.redvest.app.background

import android.app.Notification
import android.app.NotificationManager
import android.app.PendingIntent
import android.app.TaskStackBuilder
import android.content.Intent
import cn.redvest.app.App
import cn.redvest.app.MainActivity
import cn.redvest.app.R
import cn.redvest.app.ticket.TicketActivity
import cn.redvest.app.ui.Ui
import cn.redvest.core.Notice
import cn.redvest.core.NoticeKind

/** Tells the user what the core wants told: what is new, due soon, overdue, sent back, refused, too late; once each. */
class Notices(private val app: App) {
    /** Tells what was not told yet. Without the user's permission nothing counts as told. */
    suspend fun tell() {
        val manager = app.getSystemService(NotificationManager::class.java) ?: return
        if (!manager.areNotificationsEnabled()) return
        val core = app.redVest()
        val notices = core.ask { if (account() == null) emptyList() else notices().notices }
        if (notices.isEmpty()) return
        val ui = Ui(app)
        for (notice in notices) manager.notify(notice.key, ONE, one(ui, notice))
        manager.notify(GROUP, ALL, all(ui, notices))
        core.ask { noticesTold(notices.map { it.key }) }
    }

    private fun one(ui: Ui, notice: Notice): Notification = Channels.builder(app, Channels.TICKETS)
        .setSmallIcon(R.drawable.ic_duty)
        .setContentTitle(title(ui, notice))
        .setContentText(ui.pick(notice.zh, notice.en))
        .setStyle(Notification.BigTextStyle().bigText(ui.pick(notice.zh, notice.en)))
        .setWhen(notice.at)
        .setShowWhen(true)
        .setGroup(GROUP)
        .setAutoCancel(true)
        .setContentIntent(opens(notice))
        .build()

    /** The one line that stands for all when there are several. */
    private fun all(ui: Ui, notices: List<Notice>): Notification = Channels.builder(app, Channels.TICKETS)
        .setSmallIcon(R.drawable.ic_duty)
        .setContentTitle(ui.count(R.plurals.notices, notices.size))
        .setStyle(Notification.InboxStyle().also { style -> notices.take(LINES).forEach { style.addLine(ui.pick(it.zh, it.en)) } })
        .setGroup(GROUP)
        .setGroupSummary(true)
        .setAutoCancel(true)
        .build()

    private fun title(ui: Ui, notice: Notice): String {
        val kind = ui.say(
            when (notice.kind) {
                NoticeKind.NEW_FOR_ME -> R.string.notice_new
                NoticeKind.DUE_SOON -> R.string.notice_due_soon
                NoticeKind.OVERDUE -> R.string.notice_overdue
                NoticeKind.SENT_BACK -> R.string.notice_sent_back
                NoticeKind.REFUSED -> R.string.refused
                NoticeKind.TOO_LATE -> R.string.too_late
            },
        )
        val row = notice.row ?: return kind
        return "$kind · ${ui.name(row.categoryZh, row.categoryEn)}"
    }

    /** The ticket over the first screen, so that back leads there. */
    private fun opens(notice: Notice): PendingIntent? {
        val way = TaskStackBuilder.create(app).addNextIntent(Intent(app, MainActivity::class.java))
        notice.ticket?.let { way.addNextIntent(TicketActivity.intent(app, it)) }
        return way.getPendingIntent(notice.key.hashCode(), PendingIntent.FLAG_UPDATE_CURRENT or PendingIntent.FLAG_IMMUTABLE)
    }

    private companion object {
        const val GROUP = "tickets"
        const val ONE = 11
        const val ALL = 12
        const val LINES = 6
    }
}
