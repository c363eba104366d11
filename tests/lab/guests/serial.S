# What every guest shares: the entry, stack and segments, the serial line, the boot nonce, waiting.
# Included at the top of a boot sector; the guest goes on at its main. Not a driver: COM1 needs no
# set-up under QEMU, and every guest is one 16-bit boot sector started by SeaBIOS.
.code16
.globl _start
_start:
    jmp main

.set COM1, 0x3f8
# SeaBIOS on machine type "pc" puts the ACPI power management registers at 0x600.
.set PM1_STATUS, 0x600           # bit 8: the power button was pressed
.set PM1_ENABLE, 0x602           # bit 8: without it QEMU drops the press
.set PM1_CONTROL, 0x604          # 0x2000 (sleep enable, type 0) is S5, soft off
.set POWER_BUTTON, 0x100
.set SOFT_OFF, 0x2000

.macro set_up
    xorw %ax, %ax
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %ss
    movw $0x7c00, %sp
    cld
    sti
.endm

.macro listen_to_power_button
    movw $PM1_ENABLE, %dx
    movw $POWER_BUTTON, %ax
    outw %ax, %dx
.endm

# Sets the zero flag when nobody pressed the power button. Destroys ax and dx.
.macro test_power_button
    movw $PM1_STATUS, %dx
    inw %dx, %ax
    testw $POWER_BUTTON, %ax
.endm

.macro power_off
    movw $PM1_CONTROL, %dx
    movw $SOFT_OFF, %ax
    outw %ax, %dx
.endm

# Prints al. Waits until the line can take it, so that no byte is ever dropped.
print_char:
    pushw %dx
    pushw %ax
    movw $COM1 + 5, %dx
1:  inb %dx, %al
    testb $0x20, %al
    jz 1b
    popw %ax
    movw $COM1, %dx
    outb %al, %dx
    popw %dx
    ret

# Prints the text at si up to its zero byte.
print_text:
    lodsb
    testb %al, %al
    jz 1f
    call print_char
    jmp print_text
1:  ret

# Prints eax as eight hex digits.
print_hex:
    movw $8, %cx
1:  roll $4, %eax
    pushl %eax
    andb $0x0f, %al
    cmpb $10, %al
    sbbb $0x69, %al              # 0-9, a-f from a nibble: the cmp/sbb/das idiom
    das
    orb $0x20, %al               # lower case; digits have that bit set anyway
    call print_char
    popl %eax
    loop 1b
    ret

# Reads register al of the real-time clock into al.
read_clock:
    outb %al, $0x70
    inb $0x71, %al
    ret

# Makes the boot nonce in ebx: the time of day, and the jitter in the time stamp counter.
make_nonce:
    xorl %ebx, %ebx
    movb $4, %al                 # hours
    call read_clock
    movb %al, %bl
    shll $8, %ebx
    movb $2, %al                 # minutes
    call read_clock
    movb %al, %bl
    shll $8, %ebx
    movb $0, %al                 # seconds
    call read_clock
    movb %al, %bl
    imull $0x85ebca6b, %ebx, %ebx
    rdtsc
    imull $0x9e3779b1, %eax, %eax
    xorl %eax, %ebx
    ret
