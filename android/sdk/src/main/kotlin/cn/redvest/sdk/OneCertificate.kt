package cn.redvest.sdk

import java.net.Socket
import java.security.MessageDigest
import java.security.cert.CertificateException
import java.security.cert.X509Certificate
import javax.net.ssl.SSLContext
import javax.net.ssl.SSLEngine
import javax.net.ssl.SSLSocketFactory
import javax.net.ssl.X509ExtendedTrustManager

/**
 * Trusts exactly the certificate whose DER has this SHA-256, in hexadecimal digits. Its name, its dates and who signed
 * it do not count: who holds its key is the hub that invited this device. The handshake itself proves that it is held.
 */
internal class OneCertificate(private val pin: String) : X509ExtendedTrustManager() {
    /** Sockets with this trust. */
    fun sockets(): SSLSocketFactory =
        SSLContext.getInstance("TLS").apply { init(null, arrayOf(this@OneCertificate), null) }.socketFactory

    private fun check(chain: Array<out X509Certificate>?) {
        val shown = chain?.firstOrNull() ?: throw CertificateException("the hub showed no certificate")
        val digest = MessageDigest.getInstance("SHA-256").digest(shown.encoded)
        val found = digest.joinToString("") { "%02x".format(it) }
        if (!found.equals(pin, ignoreCase = true)) throw CertificateException("the hub showed another certificate")
    }

    override fun checkServerTrusted(chain: Array<out X509Certificate>?, authType: String?) = check(chain)

    override fun checkServerTrusted(chain: Array<out X509Certificate>?, authType: String?, socket: Socket?) = check(chain)

    override fun checkServerTrusted(chain: Array<out X509Certificate>?, authType: String?, engine: SSLEngine?) =
        check(chain)

    override fun checkClientTrusted(chain: Array<out X509Certificate>?, authType: String?) = refuse()

    override fun checkClientTrusted(chain: Array<out X509Certificate>?, authType: String?, socket: Socket?) = refuse()

    override fun checkClientTrusted(chain: Array<out X509Certificate>?, authType: String?, engine: SSLEngine?) = refuse()

    override fun getAcceptedIssuers(): Array<X509Certificate> = emptyArray()

    private fun refuse(): Nothing = throw CertificateException("this device is no server")
}
