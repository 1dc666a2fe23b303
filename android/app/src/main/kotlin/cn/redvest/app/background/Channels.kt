package cn.redvest.app.background

import android.app.Notification
import android.app.NotificationChannel
import android.app.NotificationManager
import android.content.Context
import cn.redvest.app.R

/** The kinds of notices, each of which the user can silence in the phone's settings. */
enum class Channels(private val title: Int, private val importance: Int) {
    /** That the user is on a shift. */
    DUTY(R.string.channel_duty, NotificationManager.IMPORTANCE_LOW),

    /** That photos are being sent. */
    SENDING(R.string.channel_sending, NotificationManager.IMPORTANCE_LOW),

    /** What is due, new, sent back or refused. */
    TICKETS(R.string.channel_tickets, NotificationManager.IMPORTANCE_DEFAULT),
    ;

    companion object {
        /** A notice of a kind; the kind is made known to the phone first, in the language of now. */
        fun builder(context: Context, kind: Channels): Notification.Builder {
            val manager = context.getSystemService(NotificationManager::class.java)
            val id = kind.name.lowercase()
            manager?.createNotificationChannel(NotificationChannel(id, context.getString(kind.title), kind.importance))
            return Notification.Builder(context, id).setColor(context.getColor(R.color.accent))
        }
    }
}
