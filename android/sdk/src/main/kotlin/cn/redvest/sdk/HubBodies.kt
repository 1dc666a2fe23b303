package cn.redvest.sdk

import cn.redvest.core.NetFailure
import java.io.EOFException
import java.io.File
import java.io.RandomAccessFile
import java.net.BindException
import java.net.ConnectException
import java.net.NoRouteToHostException
import java.net.SocketException
import java.net.SocketTimeoutException
import java.net.UnknownHostException
import java.nio.channels.Channels
import java.security.cert.CertificateException
import javax.net.ssl.SSLPeerUnverifiedException
import okhttp3.MediaType
import okhttp3.RequestBody
import okio.BufferedSink
import okio.source

/** Bytes in memory; their type stands in the request's own headers. */
internal class Bytes(private val bytes: ByteArray, private val meter: Moved) : RequestBody() {
    override fun contentType(): MediaType? = null

    override fun contentLength(): Long = bytes.size.toLong()

    override fun writeTo(sink: BufferedSink) {
        sink.write(bytes)
        meter.moved(bytes.size.toLong(), 0)
    }
}

/** A part of a file, read while it is sent, so that a photo never lies in memory. */
internal class FilePart(
    private val file: File,
    private val offset: Long,
    private val length: Long,
    private val meter: Moved,
) : RequestBody() {
    override fun contentType(): MediaType? = null

    override fun contentLength(): Long = length

    override fun writeTo(sink: BufferedSink) {
        RandomAccessFile(file, "r").use { opened ->
            val source = Channels.newInputStream(opened.channel.position(offset)).source()
            var left = length
            while (left > 0) {
                val count = source.read(sink.buffer, minOf(left, PIECE))
                if (count < 0) throw EOFException("the file is shorter than it was")
                sink.emitCompleteSegments()
                left -= count
                meter.moved(count, 0)
            }
        }
    }
}

/** What an error means for a sync: a wrong certificate is never mistaken for a missing network. */
internal fun failureOf(error: Throwable, cancelled: Boolean): NetFailure = when {
    cancelled -> NetFailure.CANCELLED
    causes(error).any { it is CertificateException || it is SSLPeerUnverifiedException } -> NetFailure.CERTIFICATE
    error is NoReply -> error.failure
    error is UnknownHostException || error is SocketTimeoutException -> NetFailure.UNREACHABLE
    error is ConnectException || error is NoRouteToHostException || error is BindException -> NetFailure.UNREACHABLE
    // Java has no class of its own for a network that is down.
    error is SocketException && NETWORK_GONE.containsMatchIn(error.message.orEmpty()) -> NetFailure.UNREACHABLE
    else -> NetFailure.BROKEN
}

private val NETWORK_GONE = Regex("(?i)network is (unreachable|down)|host is (unreachable|down)")

private fun causes(error: Throwable): Sequence<Throwable> = generateSequence(error) { it.cause }.take(8)
